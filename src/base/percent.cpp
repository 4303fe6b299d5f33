#include "base/percent.hpp"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

namespace llf {

std::string percent_encode(std::string_view text, std::string_view keep) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       std::string_view("-._~").contains(c) || keep.contains(c);
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::string percent_decode(std::string_view text) {
  constexpr int kHex = 16;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    const auto digits = text.substr(i).starts_with('%') ? text.substr(i + 1, 2) : "";
    const auto [end, code] =
        std::from_chars(digits.data(), digits.data() + digits.size(), byte, kHex);
    if (digits.size() == 2 && code == std::errc() && end == digits.data() + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace llf
