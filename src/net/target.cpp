#include "net/target.hpp"

#include "net/http_chars.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace llf::net {
namespace {

constexpr FramingError kBadTarget{
    .status = 400, .code = "bad_target", .message = "The request target is not valid."};

constexpr bool is_target_char(char c) {
  return c > ' ' && c < '\x7f' && c != '#';
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f') return std::nullopt;
    result += c;
  }
  return result;
}

/// RFC 3986 5.2.4, except that ".." above the root is an error instead of nothing.
std::optional<std::string> without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  bool ends_with_slash = false;
  std::size_t at = 1;
  while (at <= path.size()) {
    const auto slash = std::min(path.find('/', at), path.size());
    const auto segment = path.substr(at, slash - at);
    const bool last = slash == path.size();
    if (segment == "..") {
      if (kept.empty()) return std::nullopt;
      kept.pop_back();
    } else if (segment != "." && !(last && segment.empty())) {
      kept.push_back(segment);
    }
    ends_with_slash = last && (segment.empty() || segment == "." || segment == "..");
    at = slash + 1;
  }
  std::string result;
  for (const auto segment : kept) result.append("/").append(segment);
  if (result.empty() || ends_with_slash) result += '/';
  return result;
}

bool is_valid_ipv6(std::string_view text) {
  return text.size() >= 2 && std::ranges::count(text, ':') >= 2 &&
         std::ranges::all_of(text,
                             [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
}

bool is_valid_port(std::string_view text) {
  const auto port = parse_digits(text);
  return port && text.size() <= 5 && *port <= 65535;
}

}  // namespace

bool is_valid_host(std::string_view host) {
  std::string_view rest;
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string_view::npos || !is_valid_ipv6(host.substr(1, end - 1))) return false;
    rest = host.substr(end + 1);
  } else {
    const auto end = std::min(host.find(':'), host.size());
    const auto name = host.substr(0, end);
    const auto is_name_char = [](char c) {
      return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
    };
    if (name.empty() || !std::ranges::all_of(name, is_name_char)) return false;
    rest = host.substr(end);
  }
  return rest.empty() || (rest.front() == ':' && is_valid_port(rest.substr(1)));
}

Framed<Target> parse_target(std::string_view method, std::string_view target) {
  if (method == "CONNECT") {
    return std::unexpected(FramingError{
        .status = 405, .code = "method_not_allowed", .message = "CONNECT is not served here."});
  }
  if (target == "*" && method == "OPTIONS")
    return Target{.authority = {}, .path = "*", .query = {}};
  if (!std::ranges::all_of(target, is_target_char)) return std::unexpected(kBadTarget);

  Target result;
  if (!target.starts_with('/')) {
    constexpr std::string_view kMark = "://";
    const auto mark = target.find(kMark);
    if (mark == std::string_view::npos) return std::unexpected(kBadTarget);
    const auto scheme = target.substr(0, mark);
    if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) {
      return std::unexpected(kBadTarget);
    }
    target.remove_prefix(mark + kMark.size());
    const auto end = std::min(target.find_first_of("/?"), target.size());
    result.authority = target.substr(0, end);
    if (!is_valid_host(result.authority)) return std::unexpected(kBadTarget);
    target.remove_prefix(end);
  }
  const auto question = std::min(target.find('?'), target.size());
  const auto raw_path = target.substr(0, question);
  if (question < target.size()) result.query = target.substr(question + 1);
  const auto decoded = percent_decoded(raw_path.empty() ? "/" : raw_path);
  const auto path = decoded ? without_dot_segments(*decoded) : std::nullopt;
  if (!path) return std::unexpected(kBadTarget);
  result.path = *path;
  return result;
}

}  // namespace llf::net
