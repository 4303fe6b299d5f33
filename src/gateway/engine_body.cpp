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

/// `body` without a field, however often it is given.
std::string without_member(std::string body, std::string_view name) {
  constexpr std::string_view kSpace = " \t\r\n";
  while (const auto member = json::locate_plain(body, std::array{name})) {
    const auto next = body.find_first_not_of(kSpace, member->end);
    const auto before = body.find_last_not_of(kSpace, member->key - 1);
    if (body[next] == ',') {
      body.erase(member->key, next + 1 - member->key);
    } else if (body[before] == ',') {
      body.erase(before, member->end - before);
    } else {
      body.erase(member->key, member->end - member->key);
    }
  }
  return body;
}

/// `body` with a field under another name.
std::string with_name(std::string body, const Parameter& parameter) {
  while (const auto member = json::locate_plain(body, std::array{parameter.name})) {
    body.replace(member->key, member->key_end - member->key,
                 json::write(json::Value(parameter.engine_name)));
  }
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

bool takes_inference(Api api) {
  return api == Api::chat || api == Api::completion;
}

}  // namespace

std::expected<std::string, ApiError> engine_body(std::string body, const InferenceRequest& request,
                                                 const Additions& additions) {
  for (const auto& name : request.unknown) body = without_member(std::move(body), name);
  for (const auto& name : request.own) body = without_member(std::move(body), name);
  for (const auto* parameter : request.renamed) body = with_name(std::move(body), *parameter);
  auto members =
      takes_inference(request.api) ? config::request_members(additions.inference) : json::Object();
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
