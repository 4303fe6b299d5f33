#pragma once

#include "base/expected.hpp"
#include "os/unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace llf::os {

/// How a process ended.
struct ExitStatus {
  enum class Cause : std::uint8_t { exited, signaled };
  Cause cause = Cause::exited;
  int value = 0;  ///< the exit code, or the signal's number

  [[nodiscard]] bool success() const { return cause == Cause::exited && value == 0; }
  friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};

/// "exit code 1", "signal 9 (Killed)".
[[nodiscard]] std::string to_string(const ExitStatus& status);

/// What becomes of one of the child's standard streams.
enum class Stream : std::uint8_t {
  null,     ///< /dev/null
  inherit,  ///< ours
  pipe,     ///< a pipe to us; our end is non-blocking
  as_out,   ///< for stderr: wherever stdout goes, in one order
};

/// Whether the child is killed when the thread that spawned it ends.
enum class Lifetime : std::uint8_t { dies_with_parent, independent };

struct SpawnOptions {
  std::string program;  ///< a path with a slash, not searched; empty: argv[0]
  std::vector<std::string> argv;
  std::vector<std::string> env;  ///< "NAME=value": the whole environment
  std::filesystem::path cwd;     ///< empty: ours
  Stream out = Stream::pipe;
  Stream err = Stream::pipe;
  Lifetime lifetime = Lifetime::dies_with_parent;
};

/// A child of ours, leader of a process group of its own, with /dev/null as stdin. Destroying it
/// kills the group and reaps it, so that neither a process nor a zombie is left; one that hangs in
/// the kernel is given up after limits::kReapLimit. Owned by the thread that spawned it.
class ChildProcess {
 public:
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Becomes readable when the child ends; then try_reap has its status.
  [[nodiscard]] int pidfd() const { return pidfd_.get(); }
  /// Moves out our end of the child's stdout or stderr. Invalid unless Stream::pipe was asked.
  [[nodiscard]] UniqueFd take_out() { return std::move(out_); }
  [[nodiscard]] UniqueFd take_err() { return std::move(err_); }

  /// Sends a signal to the child and its group. A child that has ended already is no error. A
  /// foreign process is never hit: the child's pid cannot be given away before it is reaped.
  [[nodiscard]] Expected<void> send_signal(int signal) const;

  /// The status when the child has ended: it is then reaped, and what was left of its group is
  /// killed. Nothing while it runs. The same status again when asked again. Does not block.
  [[nodiscard]] Expected<std::optional<ExitStatus>> try_reap();

 private:
  friend Expected<ChildProcess> spawn(const SpawnOptions& options);
  ChildProcess(pid_t pid, UniqueFd pidfd) : pid_(pid), pidfd_(std::move(pidfd)) {}
  void kill_and_reap() noexcept;

  pid_t pid_ = -1;  ///< -1: moved from
  UniqueFd pidfd_;
  UniqueFd out_;
  UniqueFd err_;
  std::optional<ExitStatus> status_;
};

/// Starts a program. Every descriptor of ours but the standard streams is closed in the child,
/// signal masks and handlers are the default ones there. With dies_with_parent the child gets
/// SIGKILL when the calling *thread* ends (prctl(2), PR_SET_PDEATHSIG), so call this on the main
/// thread only. Blocks until the exec is done, about a millisecond.
/// Errors: what failed in the child before or at the exec ("starting X: No such file or
/// directory"), or our own resources.
[[nodiscard]] Expected<ChildProcess> spawn(const SpawnOptions& options);

/// What a program that stays in the background is started with.
struct DaemonOptions {
  std::vector<std::string> argv;  ///< argv[0] is the program: a path with a slash
  std::vector<std::string> env;   ///< the whole environment
  int keep_fd = -1;               ///< the one descriptor passed on, under the same number; or -1
};

/// Starts a program that has nothing in common with us any more: a session of its own, no child of
/// ours (so never a zombie of ours), cwd /, our umask, standard streams to /dev/null, every
/// descriptor closed but keep_fd. Errors as spawn. Any thread.
[[nodiscard]] Expected<void> spawn_daemon(const DaemonOptions& options);

/// A pipe, both ends close-on-exec and blocking: {read end, write end}.
struct Pipe {
  UniqueFd read;
  UniqueFd write;
};
[[nodiscard]] Expected<Pipe> make_pipe();

}  // namespace llf::os
