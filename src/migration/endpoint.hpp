#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llf::migration {

/// Where an API was.
struct Endpoint {
  std::string host;  ///< as it was written, small, without brackets
  std::optional<std::uint16_t> port;
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Host and port of a URL, or of what somebody took for one. Pure.
[[nodiscard]] Endpoint endpoint_of(std::string_view url);

/// The address that means this machine and can be served: "127.0.0.1" for "localhost". Nothing for
/// any other, "0.0.0.0" included. Pure.
[[nodiscard]] std::optional<std::string> loopback_address(std::string_view host);

/// Whether it leads to this machine, "0.0.0.0" included. Pure.
[[nodiscard]] bool is_this_machine(std::string_view host);

}  // namespace llf::migration
