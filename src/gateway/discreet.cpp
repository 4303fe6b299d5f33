#include "gateway/discreet.hpp"

#include <algorithm>
#include <cstddef>

namespace llf::gateway {
namespace {

constexpr std::string_view kOmitted = "\xE2\x80\xA6";  // an ellipsis
constexpr std::string_view kPathEnds = " \t\r\n\"'`,;()[]<>";
constexpr std::string_view kHexDigits = "0123456789abcdefABCDEF";
constexpr std::size_t kShortestAddress = 4;  // digits; below it, it is a number

/// Whether a word goes on with what follows `c`, so that no path or number begins there.
bool joins(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("._-/~").find(c) != std::string_view::npos;
}

/// The length of the absolute path that `text` begins with; 0 when it is none or only one name, or
/// when a host may follow.
std::size_t path_length(std::string_view text) {
  if (!text.starts_with('/') || text.starts_with("//")) return 0;
  const auto path = text.substr(0, text.find_first_of(kPathEnds));
  return path.rfind('/') == 0 ? 0 : path.size();
}

std::size_t address_length(std::string_view text) {
  if (!text.starts_with("0x")) return 0;
  const auto end = std::min(text.find_first_not_of(kHexDigits, 2), text.size());
  return end - 2 < kShortestAddress ? 0 : end;
}

}  // namespace

std::string discreet(std::string_view text) {
  std::string out;
  char before = ' ';
  while (!text.empty()) {
    std::size_t taken = 1;
    if (const auto path = joins(before) ? 0 : path_length(text); path > 0) {
      taken = path;
      out.append(kOmitted).append(text.substr(0, path).substr(text.substr(0, path).rfind('/')));
    } else if (const auto address = joins(before) ? 0 : address_length(text); address > 0) {
      taken = address;
      out.append("0x").append(kOmitted);
    } else {
      out += text.front();
    }
    before = text[taken - 1];
    text.remove_prefix(taken);
  }
  return out;
}

}  // namespace llf::gateway
