#include "gateway/engine_body.hpp"

#include "config/inference.hpp"
#include "json/json.hpp"
#include "prompt/assembly.hpp"

#include <string_view>
#include <utility>

namespace llf::gateway {
namespace {

/// `body`, which is an object with a member, with further members in front.
std::string with_members(std::string body, const json::Object& members) {
  if (members.empty()) return body;
  auto added = json::write(members);
  added.back() = ',';  // instead of the brace
  const auto open = body.find('{');
  body.replace(open, 1, added);
  return body;
}

std::expected<std::string, ApiError> with_prompt(std::string_view body,
                                                 const prompt::Template& filled) {
  auto value = json::parse(body);
  if (!value) return std::unexpected(ApiError(value.error()));
  auto& messages = value->get_object()["messages"];
  auto assembled = prompt::assemble(filled, messages.get_array());
  if (!assembled) return std::unexpected(ApiError(assembled.error(), "messages"));
  messages = *std::move(assembled);
  return json::write(*value);
}

}  // namespace

std::expected<std::string, ApiError> engine_body(std::string body, const ChatRequest& request,
                                                 const Additions& additions) {
  auto members = config::request_members(additions.inference);
  for (const auto name : request.given) members.erase(name);
  if (additions.prompt) {
    auto assembled = with_prompt(body, *additions.prompt);
    if (!assembled) return assembled;
    body = *std::move(assembled);
  }
  return with_members(std::move(body), members);
}

}  // namespace llf::gateway
