#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/loop.hpp"
#include "os/child_process.hpp"
#include "os/paths.hpp"

#include <string>
#include <sys/types.h>

namespace llf::worker {
class Journal;
}  // namespace llf::worker

namespace llf::daemon {

/// Ends what a killed daemon left of its workers and removes its sockets, pid file and temporary
/// files. For whoever holds the daemon's lock. Blocks, at most a few seconds.
void clear_remains(const os::Paths& paths, worker::Journal& journal);

/// Starts this daemon's guard: a second, small process of llfd, which does nothing until the daemon
/// has ended. A daemon that ends in order ends its guard; one that is killed has its remains
/// cleared by it. Errors: as os::spawn.
[[nodiscard]] Expected<os::ChildProcess> start_guard(const std::string& home);

/// Watches a guard: one that ends is reaped and, after limits::kGuardPause, replaced. Returns when
/// cancelled, with the guard gone. Failures are logged: a daemon can do without. Loop thread.
[[nodiscard]] Task<void> keep_guard(net::Loop& loop, std::string home,
                                    Expected<os::ChildProcess> guard);

/// What the guard does: waits until process `daemon`, its parent, has ended, then clears its
/// remains unless the next daemon is there already and does that itself. Returns the exit code.
/// Blocks.
[[nodiscard]] int run_guard(const std::string& home, pid_t daemon);

}  // namespace llf::daemon
