#include "gateway/query.hpp"

#include "base/percent.hpp"

#include <algorithm>

namespace llf::gateway {
namespace {

std::string decode(std::string_view text) {
  std::string plain(text);
  std::ranges::replace(plain, '+', ' ');
  return percent_decode(plain);
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
