#include "cli/conversation.hpp"

#include "base/assert.hpp"

namespace llf::cli {
namespace {

bool is_role(const std::vector<client::Message>& messages, std::string_view role) {
  return !messages.empty() && messages.back().role == role;
}

}  // namespace

void Conversation::ask(std::string message) {
  LLF_ASSERT(!is_role(messages_, "user"));
  messages_.push_back({.role = "user", .content = std::move(message)});
}

void Conversation::complete(std::string answer) {
  LLF_ASSERT(is_role(messages_, "user"));
  messages_.push_back({.role = "assistant", .content = std::move(answer)});
}

void Conversation::abandon(std::string partial) {
  LLF_ASSERT(is_role(messages_, "user"));
  if (partial.empty()) {
    messages_.pop_back();
  } else {
    complete(std::move(partial));
  }
}

}  // namespace llf::cli
