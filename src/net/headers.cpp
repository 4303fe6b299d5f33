#include "net/headers.hpp"

#include "base/ascii.hpp"
#include "net/http_chars.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace llf::net {
namespace {

bool lists(std::string_view value, std::string_view token) {
  while (true) {
    const auto comma = value.find(',');
    if (equal_ignoring_case(trim_blanks(value.substr(0, comma)), token)) return true;
    if (comma == std::string_view::npos) return false;
    value.remove_prefix(comma + 1);
  }
}

bool is_hop_by_hop(std::string_view name) {
  constexpr std::array<std::string_view, 11> kNames{
      "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection",
      "te",         "trailer",    "transfer-encoding",  "content-length",      "upgrade",
      "expect"};
  return std::ranges::any_of(kNames, [name](auto hop) { return equal_ignoring_case(hop, name); });
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return ascii_lower(x) == ascii_lower(y); });
}

void Headers::add(std::string name, std::string value) {
  fields_.push_back({.name = std::move(name), .value = std::move(value)});
}

void Headers::set(std::string name, std::string value) {
  remove(name);
  add(std::move(name), std::move(value));
}

void Headers::remove(std::string_view name) {
  std::erase_if(fields_, [name](const auto& f) { return equal_ignoring_case(f.name, name); });
}

std::optional<std::string_view> Headers::get(std::string_view name) const {
  for (const auto& field : fields_) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  const auto n = std::ranges::count_if(
      fields_, [name](const auto& f) { return equal_ignoring_case(f.name, name); });
  return static_cast<std::size_t>(n);
}

bool Headers::has_token(std::string_view name, std::string_view token) const {
  return std::ranges::any_of(fields_, [name, token](const auto& f) {
    return equal_ignoring_case(f.name, name) && lists(f.value, token);
  });
}

Headers end_to_end(const Headers& headers) {
  Headers result;
  for (const auto& field : headers) {
    if (is_hop_by_hop(field.name) || headers.has_token("connection", field.name)) continue;
    result.add(field.name, field.value);
  }
  return result;
}

}  // namespace llf::net
