#pragma once

#include "base/error.hpp"
#include "os/unique_fd.hpp"

#include <string>
#include <vector>

namespace llf::os {

/// A descriptor that one program leaves to another, by a name.
struct NamedFd {
  std::string name;
  UniqueFd fd;
};

/// Those that were left to this program, as systemd does it for a service that a socket starts
/// (sd_listen_fds(3)): LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES say so. They are close-on-exec
/// then. To be called once, before there are other threads.
[[nodiscard]] std::vector<NamedFd> take_inherited();

/// A program that takes the place of this one.
struct Successor {
  std::vector<std::string> argv;  ///< argv[0] is a path with a slash
  std::vector<std::string> env;   ///< "NAME=value": the whole environment
  std::vector<NamedFd> fds{};     ///< left to it
};

/// Becomes it (execve): same process and standard streams; every other descriptor is closed.
/// Returns only when that failed. Main thread; the only one that still does anything.
[[nodiscard]] Error become(const Successor& successor);

}  // namespace llf::os
