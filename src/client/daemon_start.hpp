#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/limits.hpp"
#include "os/paths.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

/// Starting llfd and finding out whether it runs. These calls block the thread: they are for `llf`,
/// before its loop runs. Its sockets and locks are those of os::Paths.
namespace llf::client {

/// Whether somebody accepts connections on the daemon's socket. Any thread.
[[nodiscard]] bool daemon_listens(const os::Paths& paths);

/// What to start.
struct DaemonProgram {
  std::filesystem::path path;            ///< of llfd
  std::vector<std::string> arguments;    ///< passed on: --home, --on-demand, --port, …
  Duration limit = limits::kStartLimit;  ///< until it says that it is ready
};

/// llfd beside the running program (symbolic links resolved). not_found when it is not there.
[[nodiscard]] Expected<std::filesystem::path> find_daemon_program();

enum class Started : std::uint8_t { was_running, now };

/// Our environment as a daemon gets it: the paths in it are absolute. Errors: io.
[[nodiscard]] Expected<std::vector<std::string>> daemon_environment();

/// Makes sure that a daemon runs, with our environment; relative paths in it are those of our
/// folder. When none listens, the start lock is taken, so that of many
/// callers one starts it and the others wait; the daemon's one line on the readiness pipe, not
/// polling, tells when it is there. A daemon that is about to end is waited for first.
/// Errors: what llfd says (a port that is taken, a broken setting), or that it ended or did not get
/// ready in time, with the place of its log.
[[nodiscard]] Expected<Started> ensure_daemon(const os::Paths& paths, const DaemonProgram& program);

/// Whether llfd could start with these arguments and this environment: it says so, and does nothing
/// else. For callers that stop a daemon to start another one. Errors: as ensure_daemon, but for
/// what only a start can find out.
[[nodiscard]] Expected<void> check_daemon(const os::Paths& paths, DaemonProgram program);

/// Waits until no daemon is left: none listens, none holds the daemon's lock. `timeout` past
/// `limit`.
[[nodiscard]] Expected<void> wait_until_gone(const os::Paths& paths, Duration limit);

/// What the line on the readiness pipe says: nothing for a daemon that is ready, else its error.
/// Pure.
[[nodiscard]] Expected<void> read_readiness(std::string_view line);

}  // namespace llf::client
