#include "gateway/host_check.hpp"

#include "base/ascii.hpp"
#include "os/loopback.hpp"

#include <algorithm>
#include <optional>

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
  return name == "localhost" || os::reach_of(name) == os::Reach::this_machine;
}

}  // namespace

HostCheck::HostCheck(const std::string& address)
    : any_(os::reach_of(address) == os::Reach::others) {}

bool HostCheck::host_allowed(std::string_view host) const {
  const auto name = host_name(host);
  return name && (any_ || is_loopback(*name));
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
