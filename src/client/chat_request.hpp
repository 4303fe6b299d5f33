#pragma once

#include "base/expected.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace llf::client {

/// One turn of a conversation, as the chat completions API has it.
struct Message {
  std::string role;  ///< "system", "user" or "assistant"
  std::string content;

  friend bool operator==(const Message&, const Message&) = default;
};

struct ChatRequest {
  std::string model;  ///< empty: the daemon's default
  std::vector<Message> messages;
  std::string prompt;  ///< as prompt::kHeader has it; empty: the profile's
  std::optional<double> temperature;
  std::optional<std::int64_t> max_tokens;
};

/// The JSON body of a streamed request that also asks for the token counts. Text that is no UTF-8
/// must have been repaired before. Errors: too_large past what a request may hold.
[[nodiscard]] Expected<std::string> write_chat_request(const ChatRequest& request);

}  // namespace llf::client
