#pragma once

#include "base/expected.hpp"
#include "sse/parser.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace llf::client {

/// What one event of a chat stream brought. All fields may be empty.
struct ChatDelta {
  std::string content;
  std::string reasoning;  ///< what the model thinks before it answers

  [[nodiscard]] bool empty() const { return content.empty() && reasoning.empty(); }
  friend bool operator==(const ChatDelta&, const ChatDelta&) = default;
};

/// Tokens, as the engine counted them.
struct Usage {
  std::int64_t prompt_tokens = 0;
  std::int64_t completion_tokens = 0;

  friend bool operator==(const Usage&, const Usage&) = default;
};

/// How an answer ended.
struct ChatEnd {
  std::string model;          ///< the id of the model that answered
  std::string finish_reason;  ///< "stop", "length", …; empty when the engine gave none
  std::optional<Usage> usage;
};

/// Reads a stream of chat.completion.chunk events (OpenAI's chat completions API, streamed). Pure.
/// A stream is whole only after its `[DONE]`: what ends before that is an error, never a short
/// answer. One thread.
class ChatDecoder {
 public:
  /// Errors: what the daemon reports in the stream, with its kind; `upstream` for events that
  /// cannot be understood. After `[DONE]` everything is ignored.
  [[nodiscard]] Expected<ChatDelta> take(const sse::Event& event);

  /// True once `[DONE]` came.
  [[nodiscard]] bool done() const { return done_; }

  /// The stream is over: how the answer ended, or `upstream` when `[DONE]` is missing.
  [[nodiscard]] Expected<ChatEnd> finish() const;

  /// What is known so far, also of an answer that was cancelled.
  [[nodiscard]] const ChatEnd& so_far() const { return end_; }

 private:
  ChatEnd end_;
  bool done_ = false;
};

}  // namespace llf::client
