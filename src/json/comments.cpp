#include "json/comments.hpp"

#include "json/scanner.hpp"

#include <algorithm>
#include <cstddef>

namespace llf::json {
namespace {

constexpr auto kNone = std::string_view::npos;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

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
  if (text.starts_with(kByteOrderMark))
    blanked.replace(0, kByteOrderMark.size(), kByteOrderMark.size(), ' ');
  std::size_t at = 0;
  while ((at = text.find_first_of("\"/", at)) != kNone) {
    if (text[at] == '"') {
      Scanner scanner(text, at);
      scanner.skip_string();
      at = scanner.at();
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
