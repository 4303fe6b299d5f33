#include "text/utf8.hpp"

#include <utility>

namespace llf::text {

std::u32string Utf8Decoder::push(std::string_view bytes) {
  std::u32string out;
  out.reserve(bytes.size());
  for (const char c : bytes) take(static_cast<std::uint8_t>(c), out);
  return out;
}

std::u32string Utf8Decoder::finish() {
  const bool cut = missing_ > 0;
  *this = {};
  return cut ? std::u32string(1, kReplacement) : std::u32string();
}

// The table of well-formed byte sequences of the Unicode standard (table 3-7), as ranges for the
// second byte.
void Utf8Decoder::take(std::uint8_t byte, std::u32string& out) {
  if (missing_ > 0) {
    if (byte >= low_ && byte <= high_) {
      value_ = (value_ << 6U) | (byte & 0x3FU);
      low_ = 0x80;
      high_ = 0xBF;
      if (--missing_ == 0) out += value_;
      return;
    }
    *this = {};
    out += kReplacement;  // for the part before; this byte begins something new
  }
  if (byte < 0x80) {
    out += byte;
  } else if (byte >= 0xC2 && byte <= 0xDF) {
    value_ = byte & 0x1FU;
    missing_ = 1;
  } else if (byte >= 0xE0 && byte <= 0xEF) {
    value_ = byte & 0x0FU;
    missing_ = 2;
    if (byte == 0xE0) low_ = 0xA0;
    if (byte == 0xED) high_ = 0x9F;
  } else if (byte >= 0xF0 && byte <= 0xF4) {
    value_ = byte & 0x07U;
    missing_ = 3;
    if (byte == 0xF0) low_ = 0x90;
    if (byte == 0xF4) high_ = 0x8F;
  } else {
    out += kReplacement;
  }
}

void append_utf8(char32_t c, std::string& out) {
  const auto part = [c](unsigned shift) {
    return static_cast<char>(0x80U | ((c >> shift) & 0x3FU));
  };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0U | (c >> 6U));
    out += part(0);
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0U | (c >> 12U));
    out += part(6);
    out += part(0);
  } else {
    out += static_cast<char>(0xF0U | (c >> 18U));
    out += part(12);
    out += part(6);
    out += part(0);
  }
}

std::u32string decode_utf8(std::string_view text) {
  Utf8Decoder decoder;
  auto out = decoder.push(text);
  out += decoder.finish();
  return out;
}

}  // namespace llf::text
