#pragma once

#include "net/framing.hpp"

#include <string>
#include <string_view>

namespace llf::net {

/// A request target taken apart (RFC 9112 3.2).
struct Target {
  std::string authority;  ///< of the absolute form, else empty
  std::string path;       ///< decoded and without dot segments; "*" for the asterisk form
  std::string query;
};

/// Reads the origin form, the absolute form (http and https) and, for OPTIONS, the asterisk form.
[[nodiscard]] Framed<Target> parse_target(std::string_view method, std::string_view target);

/// True for the value of a Host field: a name of letters, digits, '.', '-' and '_', an IPv4
/// address or an IPv6 address in brackets, and perhaps a port.
[[nodiscard]] bool is_valid_host(std::string_view host);

}  // namespace llf::net
