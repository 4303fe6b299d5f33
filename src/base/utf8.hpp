#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace llf {

/// What stands for bytes that are no UTF-8.
inline constexpr char32_t kReplacement = U'\uFFFD';

/// Decodes UTF-8 that arrives in pieces of any size. Bytes that are none become one U+FFFD for each
/// maximal wrong part, as the Unicode standard recommends (section 3.9); surrogates and overlong
/// forms are wrong. One thread.
class Utf8Decoder {
 public:
  /// The code points that `bytes` complete. A character that the end cuts waits for the next call.
  [[nodiscard]] std::u32string push(std::string_view bytes);

  /// The end of the input: U+FFFD if it cut a character, else nothing. The decoder starts anew.
  [[nodiscard]] std::u32string finish();

 private:
  void take(std::uint8_t byte, std::u32string& out);

  char32_t value_ = 0;
  int missing_ = 0;          // continuation bytes still to come
  std::uint8_t low_ = 0x80;  // the range of the next one
  std::uint8_t high_ = 0xBF;
};

/// Appends `c` as UTF-8. `c` is a Unicode scalar value.
void append_utf8(char32_t c, std::string& out);

/// The code points of a whole text. Any thread.
[[nodiscard]] std::u32string decode_utf8(std::string_view text);

/// Whether `text` is UTF-8 from its first byte to its last. Any thread.
[[nodiscard]] bool is_utf8(std::string_view text);

/// `text`, with U+FFFD for what is no UTF-8 (see Utf8Decoder). Any thread.
[[nodiscard]] std::string repair_utf8(std::string text);

/// At most the first `bytes` bytes of `text`, without cutting a character. Any thread.
[[nodiscard]] std::string_view cut_utf8(std::string_view text, std::size_t bytes);

}  // namespace llf
