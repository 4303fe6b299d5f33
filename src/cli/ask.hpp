#pragma once

#include "cli/answer_view.hpp"
#include "cli/context.hpp"
#include "client/api_client.hpp"
#include "os/signal_watch.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace llf::cli {

/// What a question came to.
struct Answer {
  enum class Outcome : std::uint8_t { complete, interrupted, failed };
  Outcome outcome = Outcome::complete;
  int signal = 0;              ///< that interrupted it
  std::string text;            ///< as the model wrote it, as far as it came
  client::ChatEnd end;         ///< as far as it is known
  std::optional<Error> error;  ///< why it failed
};

/// The parts of one question. All outlive the call.
struct Question {
  const client::ApiClient& client;
  client::ChatRequest request;
  AnswerView* view = nullptr;  ///< shows the answer as it comes; null: nobody does
  os::SignalWatch& signals;    ///< one that comes cancels the question; SIGTSTP stops us,
                               ///< SIGCONT and SIGWINCH mean nothing here
};

/// Asks a model and shows its answer as it comes, with a line of progress on standard error while
/// it is silent for longer than limits::kProgressDelay. A signal cancels it, also while it waits
/// for the reader of the output: the daemon then stops the model, and what came is kept. Blocks,
/// running the context's loop.
[[nodiscard]] Answer ask(Context& context, const Question& question);

}  // namespace llf::cli
