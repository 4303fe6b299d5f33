#include "client/chat_request.hpp"

#include "base/limits.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

namespace llf::client {
namespace {

std::unexpected<Error> too_large() {
  return failure(ErrorKind::too_large,
                 fmt::format("the conversation is larger than {}: shorten it or begin a new one",
                             to_string(limits::kRequestBody)));
}

}  // namespace

Expected<std::string> write_chat_request(const ChatRequest& request) {
  json::Array messages;
  std::size_t size = 0;
  for (const auto& message : request.messages) {
    size += message.content.size();
    if (size > limits::kRequestBody.bytes()) return too_large();
    messages.push_back(json::Object{{"role", message.role}, {"content", message.content}});
  }
  json::Object body{{"messages", std::move(messages)},
                    {"stream", true},
                    {"stream_options", json::Object{{"include_usage", true}}}};
  if (!request.model.empty()) body["model"] = request.model;
  if (request.temperature) body["temperature"] = *request.temperature;
  if (request.max_tokens) body["max_tokens"] = *request.max_tokens;
  auto text = json::write(body);
  if (text.size() > limits::kRequestBody.bytes()) return too_large();
  return text;
}

}  // namespace llf::client
