#include "daemon/guard.hpp"

#include "base/limits.hpp"
#include "log/log.hpp"
#include "net/address.hpp"
#include "net/descriptor.hpp"
#include "net/timer.hpp"
#include "os/child_process.hpp"
#include "os/file_lock.hpp"
#include "os/signal_watch.hpp"
#include "os/stale_files.hpp"
#include "os/unique_fd.hpp"
#include "worker/journal.hpp"

#include <cerrno>
#include <filesystem>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace llf::daemon {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "llf-guard";

/// Returns when the process has ended. It is our parent, so its pid cannot have been given away
/// before we saw it end.
void await_end_of(pid_t daemon) {
  const os::UniqueFd pidfd(static_cast<int>(::syscall(SYS_pidfd_open, daemon, 0U)));
  if (!pidfd || ::getppid() != daemon) return;
  pollfd end{.fd = pidfd.get(), .events = POLLIN, .revents = 0};
  while (::poll(&end, 1, -1) < 0 && errno == EINTR) {
  }
}

}  // namespace

void clear_remains(const os::Paths& paths, worker::Journal& journal) {
  const auto reaped = journal.reap_orphans();
  std::error_code ignored;
  if (!net::is_served(paths.socket().native())) fs::remove(paths.socket(), ignored);
  fs::remove(paths.pid_file(), ignored);
  const auto files =
      os::remove_stale_temporaries(paths.run_dir) + os::remove_stale_temporaries(paths.cache_dir);
  if (reaped.processes + reaped.sockets + files == 0) return;
  log::warn("daemon", "a killed daemon left {} processes, {} sockets and {} files: gone now",
            reaped.processes, reaped.sockets, files);
}

Expected<os::ChildProcess> start_guard(const std::string& home) {
  std::vector<std::string> argv{kName, "--guard", std::to_string(::getpid())};
  if (!home.empty()) argv.insert(argv.end(), {"--home", home});
  // By this name the program is found even when its file was replaced by a newer one.
  return os::spawn({.program = "/proc/self/exe",
                    .argv = std::move(argv),
                    .env = os::environment(),
                    .out = os::Stream::null,
                    .err = os::Stream::null,
                    .lifetime = os::Lifetime::independent});
}

Task<void> keep_guard(net::Loop& loop, std::string home, Expected<os::ChildProcess> guard) {
  for (;;) {
    if (!guard) {
      log::warn("daemon", "no guard: {}", guard.error().message);
    } else if (auto end = net::Descriptor::create(loop, guard->pidfd()); !end) {
      log::warn("daemon", "the guard cannot be watched: {}", end.error().message);
    } else {
      if (!co_await end->wait_readable()) co_return;
      const auto status = guard->try_reap();
      log::warn("daemon", "the guard ended with {}",
                status && *status ? os::to_string(**status) : "an unknown status");
    }
    if (!co_await net::sleep_for(limits::kGuardPause)) co_return;
    guard = start_guard(home);
  }
}

int run_guard(const std::string& home, pid_t daemon) {
  // So that who kills every llfd by name leaves the guard to do its work.
  static_cast<void>(::prctl(PR_SET_NAME, kName));
  // Whoever ends a whole session or service means the daemon first; the guard ends with it.
  os::block_signals();
  const auto paths = os::resolve_paths({.home = home});
  if (!paths) return facts(paths.error().kind).exit_code;
  await_end_of(daemon);
  // It may take a moment: a child of the daemon that was just being started, and whoever waits for
  // the daemon's end, hold the lock briefly.
  const auto lock = os::FileLock::acquire(paths->daemon_lock(), limits::kGuardTime);
  if (!lock) return 0;
  static_cast<void>(log::open({.file = paths->daemon_log().string()}));
  log::warn("daemon", "process {} was killed", daemon);
  worker::Journal journal(paths->worker_journal());
  clear_remains(*paths, journal);
  return 0;
}

}  // namespace llf::daemon
