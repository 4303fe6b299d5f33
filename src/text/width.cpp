#include "text/width.hpp"

#include "base/utf8.hpp"
#include "text/safe_text.hpp"
#include "text/width_table.hpp"

#include <algorithm>
#include <span>

namespace llf::text {
namespace {

bool contains(std::span<const table::Range> ranges, char32_t c) {
  const auto after = std::ranges::upper_bound(ranges, c, {}, &table::Range::first);
  return after != ranges.begin() && c <= std::prev(after)->last;
}

std::size_t width_of(char32_t c) {
  if (c < 0x300) return 1;
  if (contains(table::kZeroWidth, c)) return 0;
  return contains(table::kWide, c) ? 2 : 1;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  if (is_plain(text)) return text.size();
  std::size_t width = 0;
  for (const char32_t c : decode_utf8(text)) width += width_of(c);
  return width;
}

std::string fit(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  std::string out;
  std::size_t width = 0;
  for (const char32_t c : decode_utf8(text)) {
    width += width_of(c);
    if (width > columns - 1) break;
    append_utf8(c, out);
  }
  return out + "…";
}

}  // namespace llf::text
