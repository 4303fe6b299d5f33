#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace llf {

/// `text` as a decimal number, if it is one from its first byte to its last and fits into a Number.
/// Pure.
template <class Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [stop, code] = std::from_chars(begin, end, number);
  if (code != std::errc() || stop != end) return std::nullopt;
  return number;
}

}  // namespace llf
