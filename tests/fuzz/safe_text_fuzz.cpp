// SEC-42: wherever text is cut, what is shown of it is the same, is UTF-8, and holds no control
// character but tab and newline, nothing that turns its direction, and no tag character.
#include "base/utf8.hpp"
#include "tests/fuzz/fuzz.hpp"
#include "text/safe_text.hpp"

#include <string>

namespace llf::fuzz {
namespace {

std::string shown(std::string_view input, std::size_t size) {
  text::SafeText filter;
  std::string out;
  for_each_piece(input, size, [&](std::string_view piece) { out += filter.push(piece); });
  return out + filter.finish();
}

bool between(char32_t c, char32_t low, char32_t high) {
  return c >= low && c <= high;
}

bool is_safe(char32_t c) {
  return c == '\t' || c == '\n' ||
         !(c < 0x20 || between(c, 0x7F, 0x9F) || c == 0x061C || between(c, 0x200E, 0x200F) ||
           between(c, 0x202A, 0x202E) || between(c, 0x2066, 0x2069) ||
           between(c, 0xE0000, 0xE007F));
}

}  // namespace

void check(std::string_view input) {
  const auto whole = shown(input, input.size());
  for (const auto size : kPieces) LLF_ASSERT(shown(input, size) == whole);
  LLF_ASSERT(is_utf8(whole) && text::safe_text(whole) == whole);
  for (const char32_t c : decode_utf8(whole)) LLF_ASSERT(is_safe(c));
  LLF_ASSERT(text::safe_line(input).find_first_of("\t\n") == std::string::npos);
}

}  // namespace llf::fuzz
