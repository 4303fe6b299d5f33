#pragma once

#include <cstdint>
#include <string>

namespace llf::os {

/// From where a server at an address can be reached.
enum class Reach : std::uint8_t {
  none,          ///< it is no IP address
  this_machine,  ///< 127.0.0.0/8 (RFC 1122, 3.2.1.3), also mapped into IPv6, and ::1 (RFC 4291,
                 ///< 2.5.3)
  others,
};

/// Of an IP address as text; names are not looked up. Pure.
[[nodiscard]] Reach reach_of(const std::string& address);

}  // namespace llf::os
