#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

namespace llf::os {

/// A process that listens on a TCP port.
struct PortHolder {
  pid_t pid = -1;
  std::string program;  ///< its name in /proc/PID/comm
};

/// Who listens on this TCP port on any address; nothing when nobody does or when the process is
/// another user's and we may not see it. Reads /proc: milliseconds, for error messages only.
[[nodiscard]] std::optional<PortHolder> port_holder(std::uint16_t port);

}  // namespace llf::os
