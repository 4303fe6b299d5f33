#include "gateway/query.hpp"

#include <charconv>

namespace llf::gateway {
namespace {

std::string decode(std::string_view text) {
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
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> fields;
  while (!text.empty()) {
    const auto end = text.find('&');
    const auto field = text.substr(0, end);
    const auto equals = field.find('=');
    if (!field.empty()) {
      fields.emplace_back(decode(field.substr(0, equals)),
                          equals == std::string_view::npos ? "" : decode(field.substr(equals + 1)));
    }
    text = end == std::string_view::npos ? "" : text.substr(end + 1);
  }
  return fields;
}

}  // namespace llf::gateway
