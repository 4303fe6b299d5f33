#pragma once

#include "base/expected.hpp"
#include "daemon/start_options.hpp"
#include "os/child_process.hpp"
#include "os/inherited.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace llf::daemon {

/// The composition root of llfd: makes every part, connects them, and ends them in order. Made and
/// run by main, on the main thread, which is the loop thread.
class Daemon {
 public:
  /// Takes the lock of this home, cleans up after a daemon that was killed, and listens. Errors:
  /// `conflict` when another daemon serves this home or (unless on demand) somebody holds the port;
  /// `forbidden` for an address that is not loopback; those of folders and sockets.
  /// `inherited` is what the daemon before it, or a service manager, left open for it.
  [[nodiscard]] static Expected<std::unique_ptr<Daemon>> create(const StartOptions& options,
                                                                std::vector<os::NamedFd> inherited);

  virtual ~Daemon() = default;
  Daemon() = default;
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Kept by `guard` (guard.hpp), serves until SIGTERM, SIGINT, SIGHUP, a stop request or, on
  /// demand, idleness; then lets running answers end for limits::kDrainTimeout (a second signal: no
  /// longer) and ends the workers.
  virtual void run(Expected<os::ChildProcess> guard) = 0;

  /// Who takes its place when it has run and is destroyed; nothing: it just ends.
  [[nodiscard]] virtual std::optional<os::Successor> take_successor() = 0;

  /// "listening on http://127.0.0.1:8000", or why the public port is not served.
  [[nodiscard]] virtual std::string describe() const = 0;
};

}  // namespace llf::daemon
