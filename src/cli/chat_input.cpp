#include "cli/chat_input.hpp"

#include "base/ascii.hpp"
#include "base/trim.hpp"

#include <algorithm>
#include <utility>

namespace llf::cli {
namespace {

constexpr std::string_view kQuotes = "\"\"\"";
constexpr std::string_view kWhiteSpace = " \t\r\n";

/// The length of the command at the start of `line`, its slash included; 0 when there is none.
std::size_t command_length(std::string_view line) {
  if (!line.starts_with('/')) return 0;
  const auto end = std::min(line.find_first_of(kWhiteSpace), line.size());
  const auto word = line.substr(1, end - 1);
  const bool letters = std::ranges::all_of(
      word, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '?'; });
  return letters && !word.empty() ? end : 0;
}

}  // namespace

ChatEntry ChatInput::take(std::string_view line) {
  if (block_) return take_in_block(line);
  const bool first = text_.empty();
  const auto typed = trimmed(line);
  if (first && typed.starts_with(kQuotes)) {
    block_ = true;
    return take_in_block(typed.substr(kQuotes.size()));
  }
  if (line.ends_with('\\')) {
    text_.append(line.substr(0, line.size() - 1)).append("\n");
    return {.kind = ChatEntry::Kind::more};
  }
  if (first) {
    const auto word = ascii_lower(typed);
    if (word == "exit" || word == "quit") return {.kind = ChatEntry::Kind::leave};
    if (const auto length = command_length(typed); length > 0) {
      return {.kind = ChatEntry::Kind::command,
              .text = std::string(trimmed(typed.substr(length))),
              .name = ascii_lower(typed.substr(1, length - 1))};
    }
  }
  return finish(line);
}

ChatEntry ChatInput::take_in_block(std::string_view line) {
  const auto end = line.rfind(kQuotes);
  const bool closes =
      end != std::string_view::npos && trimmed(line.substr(end + kQuotes.size())).empty();
  if (closes) return finish(line.substr(0, end));
  if (!text_.empty() || !trimmed(line).empty()) text_.append(line).append("\n");
  return {.kind = ChatEntry::Kind::more};
}

ChatEntry ChatInput::finish(std::string_view last) {
  auto text = std::exchange(text_, {}).append(last);
  block_ = false;
  if (trimmed(text).empty()) return {.kind = ChatEntry::Kind::nothing};
  text.erase(text.find_last_not_of(kWhiteSpace) + 1);
  return {.kind = ChatEntry::Kind::message, .text = std::move(text)};
}

void ChatInput::begin_block() {
  reset();
  block_ = true;
}

ChatEntry ChatInput::end() {
  if (!pending()) return {.kind = ChatEntry::Kind::leave};
  return finish({});
}

void ChatInput::reset() {
  text_.clear();
  block_ = false;
}

}  // namespace llf::cli
