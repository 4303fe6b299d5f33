#pragma once

#include "base/expected.hpp"
#include "daemon/sockets.hpp"
#include "os/file_lock.hpp"
#include "os/inherited.hpp"
#include "os/paths.hpp"

#include <vector>

/// How one daemon of a home follows another.
namespace llf::daemon {

/// The lock of a home: that of the daemon that left it to this one, else a new one. While the guard
/// of a daemon that was killed clears up it is held though nobody listens: that takes a moment.
/// Blocks. Errors: `conflict`: another daemon has it.
[[nodiscard]] Expected<os::FileLock> lock_home(const os::Paths& paths,
                                               std::vector<os::NamedFd>& inherited);

/// Gives a successor what it needs to go on where this daemon stops, so that no client is refused
/// in between: sockets, of which this one accepts nobody any more, the lock, and what a service
/// manager told this process. Errors: it cannot be started, and nothing has changed; io.
[[nodiscard]] Expected<os::Successor> with_inheritance(os::Successor successor,
                                                       const os::FileLock& lock, Sockets& sockets);

}  // namespace llf::daemon
