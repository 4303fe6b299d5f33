#pragma once

/// Characters that change what somebody sees of a text and show nothing themselves (Unicode
/// Standard, section 23; Unicode Technical Report 36).
namespace llf {

/// Controls of the direction of writing: they show letters in another order than they stand in.
[[nodiscard]] constexpr bool is_bidi_control(char32_t c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

/// Tags: a copy of ASCII that nothing shows.
[[nodiscard]] constexpr bool is_tag_character(char32_t c) {
  return c >= 0xE0000 && c <= 0xE007F;
}

/// Without width: joiners, which emoji and some scripts need, and marks.
[[nodiscard]] constexpr bool is_zero_width(char32_t c) {
  return c == 0x00AD || (c >= 0x200B && c <= 0x200D) || (c >= 0x2060 && c <= 0x2064) || c == 0xFEFF;
}

}  // namespace llf
