#include "gateway/host_check.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <optional>
#include <utility>

namespace llf::gateway {
namespace {

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// The host without brackets, port and final dot, in lower case; nothing when the form is wrong.
std::optional<std::string> host_name(std::string_view host) {
  std::string_view name = host;
  std::string_view rest;
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    name = host.substr(1, end - 1);
    rest = host.substr(end + 1);
    if (name.find(':') == std::string_view::npos) return std::nullopt;
  } else if (const auto colon = host.find(':'); colon != std::string_view::npos) {
    name = host.substr(0, colon);
    rest = host.substr(colon);
  }
  if (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1)))) return std::nullopt;
  if (name.ends_with('.')) name.remove_suffix(1);
  if (name.empty()) return std::nullopt;
  return ascii_lower(name);
}

bool is_loopback(const std::string& name) {
  if (name == "localhost") return true;
  in_addr v4{};
  if (::inet_pton(AF_INET, name.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24U == 127U;
  in6_addr v6{};
  return ::inet_pton(AF_INET6, name.c_str(), &v6) == 1 &&
         (IN6_IS_ADDR_LOOPBACK(&v6) || (IN6_IS_ADDR_V4MAPPED(&v6) && v6.s6_addr[12] == 127));
}

}  // namespace

HostCheck::HostCheck(std::vector<std::string> names) : names_(std::move(names)) {
  for (auto& name : names_) {
    name = ascii_lower(name);
    any_ = any_ || name == "0.0.0.0" || name == "::";
  }
}

bool HostCheck::host_allowed(std::string_view host) const {
  const auto name = host_name(host);
  return name && (any_ || is_loopback(*name) || std::ranges::find(names_, *name) != names_.end());
}

bool HostCheck::origin_allowed(std::string_view origin, std::string_view host) const {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!origin.starts_with(scheme)) continue;
    const auto of_origin = origin.substr(scheme.size());
    return host_allowed(of_origin) && (!any_ || host_name(of_origin) == host_name(host));
  }
  return false;
}

}  // namespace llf::gateway
