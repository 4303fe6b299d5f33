#include "gateway/engine_body.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "config/inference.hpp"
#include "gateway/members.hpp"
#include "gateway/tool_check.hpp"
#include "json/json.hpp"
#include "json/locate.hpp"
#include "json/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace llf::gateway {
namespace {

constexpr std::string_view kMessages = "messages";

/// `body`, which is an object with a member, with further members behind the others.
std::string with_members(std::string body, const json::Object& members) {
  if (members.empty()) return body;
  auto added = json::write(members);
  added.front() = ',';  // instead of the brace
  body.replace(body.rfind('}'), 1, added);
  return body;
}

/// `body` with the fields that the API has, as that dialect calls them, but for those of `instead`.
std::string declared_members(std::string_view body, Api api, config::Dialect dialect,
                             const json::Object& instead) {
  std::string out = "{";
  json::each_member(body, [&](std::string_view name, const json::Member& member) {
    const auto own_name = name_in(dialect, api, name);
    if (!own_name || instead.contains(*own_name)) return;
    if (out.size() > 1) out += ',';
    out += *own_name == name ? std::string(body.substr(member.key, member.key_end - member.key))
                             : json::write(json::Value(*own_name));
    out += ':';
    out += body.substr(member.value, member.end - member.value);
  });
  return out + '}';
}

/// The members that a server elsewhere gets, as it calls them.
json::Object members_for(const Recipient& recipient, Api api, const json::Object& members) {
  json::Object own{{"model", recipient.model}};
  for (const auto& [name, value] : members) {
    if (const auto own_name = name_in(recipient.dialect, api, name)) own[*own_name] = value;
  }
  return own;
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

/// Adds what engines of ours understand otherwise than OpenAI's interface means it.
void add_for_engine(json::Object& members, std::string_view body, const InferenceRequest& request) {
  // Without a number engines tell many others of each place, with 0 nothing at all.
  if (request.api == Api::chat && request.logprobs && !request.top_logprobs) {
    members["top_logprobs"] = 1;
  }
  if (request.is_gathered()) {
    members["stream"] = true;
    members["stream_options"] = json::Object{{"include_usage", true}};
  }
  if (!request.must_call) return;
  const auto tools = tools_for_engine(value_of(body, "tools"), value_of(body, "tool_choice"));
  if (!tools) return;  // it was refused when it was read
  for (const auto& [name, value] : *tools) members[name] = value;
}

/// Whether the client gave one of the members, perhaps as null.
bool gives_any(const InferenceRequest& request, const json::Object& members) {
  return std::ranges::any_of(request.known,
                             [&](const auto& name) { return members.contains(name); });
}

bool takes_inference(Api api) {
  return api == Api::chat || api == Api::completion;
}

}  // namespace

std::expected<std::string, ApiError> engine_body(std::string body, const InferenceRequest& request,
                                                 const Additions& additions) {
  auto members =
      takes_inference(request.api) ? config::request_members(additions.inference) : json::Object();
  for (const auto name : request.given) members.erase(name);
  const auto& elsewhere = additions.elsewhere;
  if (elsewhere) {
    members = members_for(*elsewhere, request.api, members);
    body = declared_members(body, request.api, elsewhere->dialect, members);
  } else {
    add_for_engine(members, body, request);
    if (request.rewritten || gives_any(request, members)) {
      body = declared_members(body, request.api, config::Dialect::llama, members);
    }
  }
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
