#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace llf::os {

/// The fields of /proc/PID/stat that llf needs (proc(5)).
struct ProcStat {
  char state = '?';              ///< R, S, D, Z (zombie), T (stopped) …
  pid_t group = -1;              ///< process group
  std::uint64_t cpu_ticks = 0;   ///< user and system time of all threads, in clock ticks
  std::uint64_t start_time = 0;  ///< clock ticks after boot: with the pid it names one process
};

/// Reads the text of a /proc/PID/stat; the process's name may hold spaces and parentheses.
/// `corrupt` when it is none. Pure.
[[nodiscard]] Expected<ProcStat> parse_proc_stat(std::string_view text);

/// The state of process `pid` now; not_found when there is none. Any thread.
[[nodiscard]] Expected<ProcStat> proc_stat(pid_t pid);

/// Memory of `pid` that is in RAM now, mapped files included (a model's pages that were touched).
[[nodiscard]] Expected<ByteSize> rss_bytes(pid_t pid);

/// CPU time that all threads of `pid` have used.
[[nodiscard]] Expected<std::chrono::nanoseconds> cpu_time(pid_t pid);

/// `pid` and what it has started, and so on, that runs: a program may be a script around the one
/// that works. At most limits::kProcessTree. Any thread.
[[nodiscard]] std::vector<pid_t> process_tree(pid_t pid);

/// The sums of the above over a process tree.
[[nodiscard]] Expected<ByteSize> tree_rss(pid_t pid);
[[nodiscard]] Expected<std::chrono::nanoseconds> tree_cpu_time(pid_t pid);

/// Names this boot of the machine: start times compare only within one.
[[nodiscard]] Expected<std::string> boot_id();

/// A process named beyond doubt: a pid alone may have been given to another process since.
struct ProcessIdentity {
  pid_t pid = -1;
  std::uint64_t start_time = 0;
  std::string boot_id;

  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

/// The identity of a process that runs now.
[[nodiscard]] Expected<ProcessIdentity> identify(pid_t pid);

/// What end_identified did.
enum class SignalResult : std::uint8_t {
  sent,
  gone,  ///< no process has that identity any more: nobody was signalled
};

/// Kills the process with this identity, if it still runs, and nobody else (its pid is pinned by a
/// pidfd before the start time is compared), and waits until it has ended, at most `limit`. Blocks.
/// Errors: timeout, when it has not (a process that hangs in the kernel); forbidden, io.
[[nodiscard]] Expected<SignalResult> end_identified(const ProcessIdentity& identity,
                                                    std::chrono::milliseconds limit);

/// The processes in this group now, zombies left out, their leader included. Looks at every process
/// of the machine. Any thread.
[[nodiscard]] std::vector<ProcessIdentity> members_of_group(pid_t group);

/// Whether the current folder of `pid` is `folder`, whatever that is called. False for a process
/// that is gone or not ours to look at.
[[nodiscard]] bool works_in(pid_t pid, const std::filesystem::path& folder);

/// RAM of the machine, or of our cgroup (v1 or v2) when that is less.
[[nodiscard]] Expected<ByteSize> total_memory();

/// RAM that a new process can use without swapping: MemAvailable, or what our cgroup leaves.
[[nodiscard]] Expected<ByteSize> available_memory();

/// Memory of `pid` that no file holds: what is free when it ends. 0 for a process that is gone.
[[nodiscard]] ByteSize anonymous_memory(pid_t pid);

/// Processes that the kernel has ended for lack of memory since the machine started; 0 where it
/// does not say. After SIGKILL a greater one than before tells who sent it.
[[nodiscard]] std::uint64_t oom_kills();

/// Cores that we may use, at least 1: scheduler affinity and the cgroup's CPU quota (rounded up).
[[nodiscard]] unsigned usable_cores();

}  // namespace llf::os
