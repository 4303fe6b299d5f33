#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "client/chat_request.hpp"
#include "prompt/choice.hpp"

#include <optional>
#include <string>

namespace llf::cli {

/// What `run` and `chat` let the user choose about answers.
struct ChatSettings {
  std::string model;                      ///< empty: the default one
  std::string system;                     ///< the system prompt; empty: none
  std::string prompt{prompt::kSelected};  ///< the prompt template
  std::optional<double> temperature;
  std::optional<std::int64_t> max_tokens;
};

/// From --model, --system, --prompt, --temperature and --max-tokens. `invalid` for what is no
/// number or out of range. Pure.
[[nodiscard]] Expected<ChatSettings> read_chat_settings(const Arguments& arguments);

/// A request with these settings and messages, the system prompt first. Pure.
[[nodiscard]] client::ChatRequest make_request(const ChatSettings& settings,
                                               std::vector<client::Message> messages);

}  // namespace llf::cli
