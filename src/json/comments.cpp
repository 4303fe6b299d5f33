#include "json/comments.hpp"

#include <algorithm>
#include <cstddef>

namespace llf::json {
namespace {

constexpr auto kNone = std::string_view::npos;

std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return std::min(at + 1, text.size());
}

/// Behind the comment that begins at `at`; `at` itself when there is none.
std::size_t end_of_comment(std::string_view text, std::size_t at) {
  const auto rest = text.substr(at);
  if (rest.starts_with("//")) return std::min(text.find('\n', at), text.size());
  if (!rest.starts_with("/*")) return at;
  const auto end = text.find("*/", at + 2);
  return end == kNone ? at : end + 2;
}

}  // namespace

std::string blank_comments(std::string_view text) {
  std::string blanked(text);
  std::size_t at = 0;
  while ((at = text.find_first_of("\"/", at)) != kNone) {
    if (text[at] == '"') {
      at = end_of_string(text, at);
      continue;
    }
    const auto end = end_of_comment(text, at);
    if (end == at) break;  // what follows is no JSON
    for (; at < end; ++at) {
      if (blanked[at] != '\n') blanked[at] = ' ';
    }
  }
  return blanked;
}

}  // namespace llf::json
