#include "gateway/session_key.hpp"

#include "base/limits.hpp"

namespace llf::gateway {
namespace {

using Kind = json::Token::Kind;

constexpr std::size_t kOfMessage = 3;  // the depth of its fields: body, messages, message

}  // namespace

void SessionKey::add(std::string_view text) {
  for (const char c : text.substr(0, limits::kSessionText)) {
    hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  hash_ = (hash_ ^ 0xFF) * 0x100000001b3;  // no text has it: where one ends
  is_empty_ = false;
}

void SessionKey::take(const json::Token& token) {
  if (is_done_) return;
  if (token.kind == Kind::key && token.depth == kOfMessage) is_role_ = token.text == "role";
  if (token.kind == Kind::string) {
    if (is_role_ && token.depth == kOfMessage) is_users_ = token.text == "user";
    add(token.text);
  }
  const bool message_ends = token.kind == Kind::object_end && token.depth == kOfMessage - 1;
  if (message_ends && is_users_) is_done_ = true;
}

}  // namespace llf::gateway
