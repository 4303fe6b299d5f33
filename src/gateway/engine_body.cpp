#include "gateway/engine_body.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "config/inference.hpp"
#include "json/json.hpp"
#include "json/locate.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

namespace llf::gateway {
namespace {

constexpr std::string_view kMessages = "messages";

/// `body`, which is an object with a member, with further members behind the others: of two with
/// the same name the last counts, so that they also stand for those that are null.
std::string with_members(std::string body, const json::Object& members) {
  if (members.empty()) return body;
  auto added = json::write(members);
  added.front() = ',';  // instead of the brace
  body.replace(body.rfind('}'), 1, added);
  return body;
}

/// `body`, whose messages are replaced where they stand: a tree of all of it would be many times
/// larger.
std::expected<std::string, ApiError> with_prompt(std::string body, const prompt::Template& filled,
                                                 prompt::Opening opening) {
  const auto member = json::locate_plain(body, std::array{kMessages});
  LLF_ASSERT(member);
  auto messages =
      json::parse(std::string_view(body).substr(member->value, member->end - member->value));
  LLF_ASSERT(messages && messages->is_array());
  auto assembled = prompt::assemble(filled, std::move(messages->get_array()), opening);
  if (!assembled) return std::unexpected(ApiError(assembled.error(), kMessages));
  body.replace(member->value, member->end - member->value, json::write(*assembled));
  return body;
}

}  // namespace

std::expected<std::string, ApiError> engine_body(std::string body, const ChatRequest& request,
                                                 const Additions& additions) {
  auto members = config::request_members(additions.inference);
  for (const auto name : request.given) members.erase(name);
  if (additions.prompt) {
    if (request.messages > limits::kTemplatedMessages) {
      return std::unexpected(
          ApiError({.kind = ErrorKind::invalid,
                    .message = fmt::format("with a prompt template a request has at most {} "
                                           "messages, and this one has {}",
                                           limits::kTemplatedMessages, request.messages)},
                   kMessages));
    }
    auto assembled = with_prompt(std::move(body), *additions.prompt, additions.opening);
    if (!assembled) return assembled;
    body = *std::move(assembled);
  }
  return with_members(std::move(body), members);
}

}  // namespace llf::gateway
