#include "remote/proxy.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "os/loopback.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

namespace llf::remote {
namespace {

/// RFC 4648 4.
std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const auto three = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (i < three.size() ? static_cast<unsigned char>(three[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= three.size() ? kDigits[bits >> (18 - 6 * i) & 63] : '=';
    }
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const auto digits = text.substr(std::min(i + 1, text.size()), 2);
    const auto* const end = digits.end();
    const bool is_escape = text[i] == '%' && digits.size() == 2 &&
                           std::from_chars(digits.begin(), end, value, 16).ptr == end;
    out += is_escape ? static_cast<char>(value) : text[i];
    if (is_escape) i += 2;
  }
  return out;
}

/// The bytes of an IP address; empty when it is none.
std::string address_bytes(const std::string& host) {
  std::array<char, 16> bytes{};
  if (::inet_pton(AF_INET, host.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (::inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1) return {bytes.data(), bytes.size()};
  return {};
}

/// Whether an address is one of a range like "10.0.0.0/8".
bool is_in_range(const std::string& host, std::string_view range) {
  const auto slash = range.find('/');
  if (slash == std::string_view::npos) return false;
  const auto own = address_bytes(host);
  const auto base = address_bytes(std::string(range.substr(0, slash)));
  auto bits = parse_number<std::size_t>(range.substr(slash + 1));
  if (own.empty() || own.size() != base.size() || !bits || *bits > own.size() * 8) return false;
  for (std::size_t i = 0; i < own.size() && *bits > 0; ++i) {
    const auto here = std::min<std::size_t>(*bits, 8);
    const auto mask = static_cast<unsigned char>(0xFF00U >> here);
    if (((own[i] ^ base[i]) & mask) != 0) return false;
    *bits -= here;
  }
  return true;
}

bool is_excepted(const std::string& host, std::string_view list) {
  while (!list.empty()) {
    const auto end = list.find_first_of(", ");
    auto one = ascii_lower(list.substr(0, end));
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
    if (one == "*") return true;
    if (one.starts_with('.')) one.erase(0, 1);
    if (one.empty()) continue;
    const bool is_domain = host.ends_with("." + one);
    if (host == one || is_domain || is_in_range(host, one)) return true;
  }
  return false;
}

/// The variable that is set of a small and a large one.
std::optional<std::pair<std::string, std::string>> variable(const config::Environment& env,
                                                            const std::string& small) {
  for (auto& name : {small, ascii_upper(small)}) {
    auto value = env(name.c_str());
    if (value && !value->empty()) return std::pair(name, *std::move(value));
  }
  return std::nullopt;
}

}  // namespace

Expected<net::Proxy> read_proxy(std::string_view text) {
  const auto scheme = text.find("://");
  const bool has_scheme = scheme != std::string_view::npos;
  if (has_scheme && ascii_lower(text.substr(0, scheme)) != "http") {
    return failure(
        ErrorKind::invalid,
        fmt::format("a proxy must be one of http://, and not of {}://", text.substr(0, scheme)));
  }
  auto rest = has_scheme ? text.substr(scheme + 3) : text;
  const auto at = rest.find('@');
  std::string authorization;
  if (at != std::string_view::npos) {
    authorization = "Basic " + base64(unescaped(rest.substr(0, at)));
    rest.remove_prefix(at + 1);
  }
  // Not the text of the error, which may show a password.
  const auto url = Url::parse(fmt::format("http://{}", rest));
  if (!url) return failure(ErrorKind::invalid, "the URL of the proxy is none");
  return net::Proxy{
      .host = url->host(), .port = url->port(), .authorization = std::move(authorization)};
}

Expected<std::optional<net::Proxy>> find_proxy(const config::Environment& env, const Url& target) {
  const auto host = target.host();
  if (host == "localhost" || os::reach_of(host) == os::Reach::this_machine) return std::nullopt;
  auto found = variable(env, target.encrypted() ? "https_proxy" : "http_proxy");
  if (!found) found = variable(env, "all_proxy");
  if (!found) return std::nullopt;
  const auto exceptions = variable(env, "no_proxy");
  if (exceptions && is_excepted(host, exceptions->second)) return std::nullopt;
  auto proxy = read_proxy(found->second);
  if (!proxy) return failure(proxy.error().with_context(found->first));
  return *std::move(proxy);
}

}  // namespace llf::remote
