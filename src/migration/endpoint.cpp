#include "migration/endpoint.hpp"

#include "base/ascii.hpp"
#include "base/number.hpp"
#include "os/loopback.hpp"

#include <algorithm>

namespace llf::migration {
namespace {

/// What stands before the first of `ends`.
std::string_view before(std::string_view text, std::string_view ends) {
  return text.substr(0, text.find_first_of(ends));
}

}  // namespace

Endpoint endpoint_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  auto authority = before(url, "/?#\\");
  authority.remove_prefix(authority.rfind('@') + 1);  // npos + 1 is 0
  std::string_view host = before(authority, ":");
  std::string_view rest = authority.substr(host.size());
  if (authority.starts_with('[')) {
    const auto close = std::min(authority.find(']'), authority.size());
    host = authority.substr(1, close - 1);
    rest = authority.substr(std::min(close + 1, authority.size()));
  }
  Endpoint endpoint{.host = ascii_lower(host), .port = std::nullopt};
  if (rest.starts_with(':')) endpoint.port = parse_number<std::uint16_t>(rest.substr(1));
  return endpoint;
}

std::optional<std::string> loopback_address(std::string_view host) {
  std::string name(host);
  if (name == "localhost") return "127.0.0.1";
  if (os::reach_of(name) != os::Reach::this_machine) return std::nullopt;
  return name;
}

bool is_this_machine(std::string_view host) {
  return loopback_address(host) || host == "0.0.0.0" || host == "::";
}

}  // namespace llf::migration
