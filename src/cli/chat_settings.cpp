#include "cli/chat_settings.hpp"

#include "cli/piped_input.hpp"

namespace llf::cli {

Expected<ChatSettings> read_chat_settings(const Arguments& arguments) {
  const auto temperature = arguments.number("--temperature", 0, 5);
  if (!temperature) return failure(temperature.error());
  const auto max_tokens = arguments.integer("--max-tokens", 1, 1'000'000'000);
  if (!max_tokens) return failure(max_tokens.error());
  return ChatSettings{.model = arguments.text("--model").value_or(""),
                      .system = to_utf8(arguments.text("--system").value_or("")).text,
                      .prompt = arguments.text("--prompt").value_or(std::string(prompt::kSelected)),
                      .temperature = *temperature,
                      .max_tokens = *max_tokens};
}

client::ChatRequest make_request(const ChatSettings& settings,
                                 std::vector<client::Message> messages) {
  if (!settings.system.empty()) {
    messages.insert(messages.begin(), {.role = "system", .content = settings.system});
  }
  return {.model = settings.model,
          .messages = std::move(messages),
          .prompt = settings.prompt,
          .temperature = settings.temperature,
          .max_tokens = settings.max_tokens};
}

}  // namespace llf::cli
