#include "gateway/message_check.hpp"

#include "base/limits.hpp"
#include "gateway/members.hpp"
#include "gateway/word_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace llf::gateway {
namespace {

using Kind = json::Token::Kind;

constexpr std::array<std::string_view, 6> kRoles{"system",    "developer", "user",
                                                 "assistant", "tool",      "function"};

/// What templates of models have besides: Granite's, Llama's.
constexpr std::array<std::string_view, 2> kOwnRoles{"control", "ipython"};

/// Those that OpenAI's interface has, and the names that engines have for thoughts. `refusal` and
/// `annotations` come back from clients that send an answer as they got it.
constexpr std::array<std::string_view, 9> kMembers{
    "role",    "content",     "name",      "tool_calls",       "tool_call_id",
    "refusal", "annotations", "reasoning", "reasoning_content"};

// Of what stands in {"messages":[{…}]}, in a list of its members, and in the function of a call.
constexpr std::size_t kMessage = 2;
constexpr std::size_t kMember = 3;
constexpr std::size_t kCall = 4;
constexpr std::size_t kCallMember = 5;
constexpr std::size_t kFunctionMember = 6;

}  // namespace

void MessageCheck::refuse(std::string_view what) {
  if (wrong_) return;
  wrong_ = ApiError(
      {.kind = ErrorKind::invalid, .message = fmt::format("messages[{}]{}", index_ - 1, what)},
      "messages");
}

void MessageCheck::take(const json::Token& token) {
  if (token.kind == Kind::key && token.depth == 1) {
    in_messages_ = token.text == "messages";
    index_ = 0;
  }
  if (!in_messages_ || token.depth < kMessage) return;
  if (token.depth == kMessage) {
    if (token.kind == Kind::object_end) {
      if (!has_role_) refuse(" has no 'role'");
      return;
    }
    ++index_;
    member_.clear();
    has_role_ = false;
    if (token.kind != Kind::object) refuse(" must be an object with 'role' and 'content'");
    return;
  }
  if (token.depth == kMember) {
    take_member(token);
  } else if (member_ == "tool_calls") {
    take_call(token);
  }
}

void MessageCheck::take_member(const json::Token& token) {
  if (token.kind == Kind::key) {
    member_ = token.text;
    return;
  }
  if (token.kind == Kind::object_end || token.kind == Kind::array_end) return;
  const bool is_null = token.kind == Kind::null_value;
  if (member_ == "role") {
    has_role_ = true;
    const bool is_known = is_one_of(kRoles, token.text) || is_one_of(kOwnRoles, token.text);
    if (token.kind != Kind::string || !is_known) {
      refuse(fmt::format(".role must be one of {}, {}, {}, {}, {}, {}", kRoles[0], kRoles[1],
                         kRoles[2], kRoles[3], kRoles[4], kRoles[5]));
    }
  } else if (member_ == "content") {
    if (!is_null && token.kind != Kind::string && token.kind != Kind::array) {
      refuse(".content must be a string, a list of parts, or null");
    }
  } else if (member_ == "tool_calls") {
    if (!is_null && token.kind != Kind::array) refuse(".tool_calls must be a list");
  } else if (!is_null && !is_one_of(kMembers, member_)) {
    note_unknown();
  }
}

void MessageCheck::take_call(const json::Token& token) {
  constexpr std::string_view kWanted =
      " has a tool call that is none: it needs 'type' (\"function\") and a 'function' with 'name' "
      "and 'arguments'";
  if (token.depth == kCall) {
    if (token.kind == Kind::object) {
      has_type_ = has_name_ = false;
      is_function_ = true;
      call_.clear();
    } else if (token.kind != Kind::object_end || !has_type_ || (is_function_ && !has_name_)) {
      refuse(kWanted);
    }
  } else if (token.depth == kCallMember && token.kind == Kind::key) {
    call_ = token.text;
    function_.clear();
  } else if (token.depth == kCallMember && call_ == "type") {
    has_type_ = token.kind == Kind::string && !token.text.empty();
    is_function_ = token.text == "function";  // of others the engine knows
  } else if (token.depth == kFunctionMember && token.kind == Kind::key) {
    function_ = token.text;
  } else if (token.depth == kFunctionMember && call_ == "function") {
    if (function_ == "name") has_name_ = token.kind == Kind::string;
    const bool is_text = token.kind == Kind::string || token.kind == Kind::object ||
                         token.kind == Kind::object_end || token.kind == Kind::null_value;
    if (function_ == "arguments" && !is_text) refuse(kWanted);
  }
}

void MessageCheck::note_unknown() {
  add_once(unknown_, "messages[]." + member_, limits::kUnknownFields);
}

}  // namespace llf::gateway
