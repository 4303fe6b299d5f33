#include "base/utf8.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace llf {
namespace {

constexpr std::uint8_t kLowest = 0x80;
constexpr std::uint8_t kHighest = 0xBF;

/// What the first byte of a character says of the ones behind it.
struct Lead {
  int more = 0;                ///< how many follow; 0: a whole character, or no first byte at all
  char32_t bits = 0;           ///< its part of the code point
  std::uint8_t low = kLowest;  ///< the range of the next one
  std::uint8_t high = kHighest;
};

// The well-formed byte sequences of the Unicode standard (table 3-7).
Lead lead_of(std::uint8_t byte) {
  Lead lead;
  if (byte >= 0xC2 && byte <= 0xDF) {
    lead.more = 1;
    lead.bits = byte & 0x1FU;
  } else if (byte >= 0xE0 && byte <= 0xEF) {
    lead.more = 2;
    lead.bits = byte & 0x0FU;
    if (byte == 0xE0) lead.low = 0xA0;
    if (byte == 0xED) lead.high = 0x9F;
  } else if (byte >= 0xF0 && byte <= 0xF4) {
    lead.more = 3;
    lead.bits = byte & 0x07U;
    if (byte == 0xF0) lead.low = 0x90;
    if (byte == 0xF4) lead.high = 0x8F;
  }
  return lead;
}

bool is_continuation(char c) {
  const auto byte = static_cast<std::uint8_t>(c);
  return byte >= kLowest && byte <= kHighest;
}

/// How many bytes at the beginning are ASCII, by words of eight: most of most texts.
std::size_t ascii_words(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::size_t at = 0;
  for (std::uint64_t word = 0; at + sizeof(word) <= text.size(); at += sizeof(word)) {
    std::memcpy(&word, text.data() + at, sizeof(word));
    if ((word & kHighBits) != 0) break;
  }
  return at;
}

/// The bytes of the character that begins `text`; 0 when none does.
std::size_t character_size(std::string_view text) {
  const auto first = static_cast<std::uint8_t>(text.front());
  if (first < 0x80) return 1;
  const auto lead = lead_of(first);
  const auto size = static_cast<std::size_t>(lead.more) + 1;
  if (lead.more == 0 || size > text.size()) return 0;
  const auto second = static_cast<std::uint8_t>(text[1]);
  if (second < lead.low || second > lead.high) return 0;
  return std::ranges::all_of(text.substr(2, size - 2), is_continuation) ? size : 0;
}

}  // namespace

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

void Utf8Decoder::take(std::uint8_t byte, std::u32string& out) {
  if (missing_ > 0) {
    if (byte >= low_ && byte <= high_) {
      value_ = (value_ << 6U) | (byte & 0x3FU);
      low_ = kLowest;
      high_ = kHighest;
      if (--missing_ == 0) out += value_;
      return;
    }
    *this = {};
    out += kReplacement;  // for the part before; this byte begins something new
  }
  const auto lead = lead_of(byte);
  if (byte < 0x80) {
    out += byte;
  } else if (lead.more == 0) {
    out += kReplacement;
  } else {
    value_ = lead.bits;
    missing_ = lead.more;
    low_ = lead.low;
    high_ = lead.high;
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

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    text.remove_prefix(ascii_words(text));
    if (text.empty()) break;
    const auto size = character_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string repair_utf8(std::string text) {
  if (is_utf8(text)) return text;
  std::string repaired;
  for (const char32_t c : decode_utf8(text)) append_utf8(c, repaired);
  return repaired;
}

std::string_view cut_utf8(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && is_continuation(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

}  // namespace llf
