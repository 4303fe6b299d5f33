#include "os/process_facts.hpp"

#include "base/limits.hpp"
#include "base/number.hpp"
#include "os/atomic_file.hpp"
#include "os/pidfd.hpp"
#include "os/unique_fd.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <limits>
#include <optional>
#include <ranges>
#include <sched.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace llf::os {
namespace {

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> all;
  while (true) {
    const auto begin = text.find_first_not_of(" \t\n");
    if (begin == std::string_view::npos) return all;
    const auto end = std::min(text.find_first_of(" \t\n", begin), text.size());
    all.push_back(text.substr(begin, end - begin));
    text.remove_prefix(end);
  }
}

std::optional<std::uint64_t> number(std::string_view text) {
  return parse_number<std::uint64_t>(text);
}

Expected<std::string> read_proc(pid_t pid, std::string_view file) {
  auto text = read_file(fmt::format("/proc/{}/{}", pid, file), limits::kProcFile);
  // ESRCH: the process ended between open and read.
  if (!text) return failure(ErrorKind::not_found, fmt::format("there is no process {}", pid));
  return text;
}

std::optional<std::string> read_small(const std::string& path) {
  auto text = read_file(path, limits::kProcFile);
  if (!text) return std::nullopt;
  return std::move(*text);
}

// "MemTotal:  123 kB"
std::optional<std::uint64_t> meminfo_bytes(std::string_view meminfo, std::string_view key) {
  const auto at = meminfo.find(key);
  if (at == std::string_view::npos) return std::nullopt;
  const auto rest = words(meminfo.substr(at + key.size(), 64));
  if (rest.empty()) return std::nullopt;
  const auto kib = number(rest[0]);
  if (!kib) return std::nullopt;
  return *kib << 10U;
}

/// Where the files of a cgroup controller may be: our own folder first, then the mount's root,
/// which is what a container sees as its own.
struct CgroupFolders {
  std::vector<std::string> v1;
  std::vector<std::string> v2;
};

CgroupFolders cgroup_folders(std::string_view controller) {
  CgroupFolders folders;
  const auto text = read_small("/proc/self/cgroup").value_or("");
  for (const auto line : words(text)) {
    // v2: "0::/path"; v1: "N:cpu,cpuacct:/path"
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    const auto names = line.substr(first + 1, second - first - 1);
    const auto path = line.substr(second + 1);
    if (names.empty()) {
      folders.v2 = {fmt::format("/sys/fs/cgroup{}", path), "/sys/fs/cgroup"};
    } else if (fmt::format(",{},", names).contains(fmt::format(",{},", controller))) {
      const auto mount = fmt::format("/sys/fs/cgroup/{}", controller);
      folders.v1 = {mount + std::string(path), mount};
    }
  }
  return folders;
}

/// The number in the first of the folders that has `file`; "max" and -1 are none.
std::optional<std::uint64_t> number_in(const std::vector<std::string>& folders,
                                       std::string_view file) {
  for (const auto& folder : folders) {
    const auto text = read_small(fmt::format("{}/{}", folder, file));
    if (!text) continue;
    const auto all = words(*text);
    return all.empty() ? std::nullopt : number(all[0]);
  }
  return std::nullopt;
}

/// The value after `key` in a memory.stat.
std::uint64_t stat_value(const std::vector<std::string>& folders, std::string_view key) {
  for (const auto& folder : folders) {
    const auto text = read_small(folder + "/memory.stat");
    if (!text) continue;
    const auto all = words(*text);
    const auto at = std::ranges::find(all, key);
    if (at == all.end() || std::next(at) == all.end()) return 0;
    return number(*std::next(at)).value_or(0);
  }
  return 0;
}

/// Limit and use of our own memory cgroup, where there is a limit. Cached file pages that the
/// kernel drops when memory is asked for do not count as used.
struct CgroupMemory {
  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t used = 0;
};

CgroupMemory cgroup_memory() {
  const auto folders = cgroup_folders("memory");
  CgroupMemory memory;
  if (const auto limit = number_in(folders.v2, "memory.max")) {
    const auto used = number_in(folders.v2, "memory.current").value_or(0);
    const auto cache = stat_value(folders.v2, "inactive_file");
    memory = {.limit = *limit, .used = used - std::min(used, cache)};
  }
  if (const auto limit = number_in(folders.v1, "memory.limit_in_bytes");
      limit && *limit < memory.limit) {
    const auto used = number_in(folders.v1, "memory.usage_in_bytes").value_or(0);
    const auto cache = stat_value(folders.v1, "total_inactive_file");
    memory = {.limit = *limit, .used = used - std::min(used, cache)};
  }
  return memory;
}

unsigned quota_cores(std::uint64_t quota, std::uint64_t period) {
  if (period == 0) return std::numeric_limits<unsigned>::max();
  return static_cast<unsigned>(std::max<std::uint64_t>(1, (quota + period - 1) / period));
}

unsigned cgroup_cores() {
  const auto folders = cgroup_folders("cpu");
  auto cores = std::numeric_limits<unsigned>::max();
  for (const auto& folder : folders.v2) {
    const auto text = read_small(folder + "/cpu.max");
    if (!text) continue;
    const auto all = words(*text);  // "max 100000" or "150000 100000"
    if (all.size() == 2 && number(all[0]) && number(all[1])) {
      cores = quota_cores(*number(all[0]), *number(all[1]));
    }
    break;
  }
  const auto quota = number_in(folders.v1, "cpu.cfs_quota_us");
  const auto period = number_in(folders.v1, "cpu.cfs_period_us");
  if (quota && period) cores = std::min(cores, quota_cores(*quota, *period));
  return cores;
}

Expected<std::uint64_t> machine_memory(std::string_view key) {
  auto meminfo = read_file("/proc/meminfo", limits::kProcFile);
  if (!meminfo) return failure(meminfo.error());
  const auto bytes = meminfo_bytes(*meminfo, key);
  if (!bytes) return failure(ErrorKind::corrupt, fmt::format("/proc/meminfo has no {}", key));
  return *bytes;
}

}  // namespace

Expected<ProcStat> parse_proc_stat(std::string_view text) {
  // "PID (NAME) STATE PPID …": NAME may hold anything, so count from its last parenthesis.
  const auto close = text.rfind(')');
  if (close != std::string_view::npos) {
    const auto fields = words(text.substr(close + 1));
    constexpr std::size_t kGroup = 2;
    constexpr std::size_t kUserTime = 11;
    constexpr std::size_t kSystemTime = 12;
    constexpr std::size_t kStartTime = 19;
    if (fields.size() > kStartTime) {
      const auto group = number(fields[kGroup]);
      const auto user = number(fields[kUserTime]);
      const auto system = number(fields[kSystemTime]);
      const auto start = number(fields[kStartTime]);
      if (group && user && system && start) {
        return ProcStat{.state = fields[0][0],
                        .group = static_cast<pid_t>(*group),
                        .cpu_ticks = *user + *system,
                        .start_time = *start};
      }
    }
  }
  return failure(ErrorKind::corrupt, "not the text of a /proc/PID/stat");
}

Expected<ProcStat> proc_stat(pid_t pid) {
  auto text = read_proc(pid, "stat");
  if (!text) return failure(text.error());
  return parse_proc_stat(*text);
}

Expected<ByteSize> rss_bytes(pid_t pid) {
  auto text = read_proc(pid, "statm");
  if (!text) return failure(text.error());
  const auto fields = words(*text);
  const auto pages = fields.size() > 1 ? number(fields[1]) : std::nullopt;
  if (!pages) return failure(ErrorKind::corrupt, "not the text of a /proc/PID/statm");
  return ByteSize(*pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
}

Expected<std::chrono::nanoseconds> cpu_time(pid_t pid) {
  auto stat = proc_stat(pid);
  if (!stat) return failure(stat.error());
  const auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  return std::chrono::nanoseconds(stat->cpu_ticks * (std::nano::den / per_second));
}

namespace {

/// Of all its threads: each has its own list (proc(5)).
std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> all;
  std::error_code error;
  const std::filesystem::directory_iterator end;
  for (std::filesystem::directory_iterator at(fmt::format("/proc/{}/task", pid), error);
       !error && at != end; at.increment(error)) {
    const auto children = read_small((at->path() / "children").native());
    if (!children) continue;
    for (const auto word : words(*children)) {
      if (const auto child = number(word)) all.push_back(static_cast<pid_t>(*child));
    }
  }
  return all;
}

}  // namespace

std::vector<pid_t> process_tree(pid_t pid) {
  std::vector<pid_t> tree{pid};
  for (std::size_t i = 0; i < tree.size(); ++i) {
    for (const auto child : children_of(tree[i])) {
      if (tree.size() < limits::kProcessTree) tree.push_back(child);
    }
  }
  return tree;
}

Expected<ByteSize> tree_rss(pid_t pid) {
  auto sum = rss_bytes(pid);
  if (!sum) return sum;
  for (const auto child : process_tree(pid) | std::views::drop(1)) {
    sum = *sum + rss_bytes(child).value_or(ByteSize());
  }
  return sum;
}

Expected<std::chrono::nanoseconds> tree_cpu_time(pid_t pid) {
  auto sum = cpu_time(pid);
  if (!sum) return sum;
  for (const auto child : process_tree(pid) | std::views::drop(1)) {
    *sum += cpu_time(child).value_or(std::chrono::nanoseconds::zero());
  }
  return sum;
}

Expected<std::string> boot_id() {
  auto text = read_file("/proc/sys/kernel/random/boot_id", limits::kProcFile);
  if (!text) return failure(text.error());
  while (!text->empty() && text->back() == '\n') text->pop_back();
  return text;
}

Expected<ProcessIdentity> identify(pid_t pid) {
  auto stat = proc_stat(pid);
  if (!stat) return failure(stat.error());
  auto boot = boot_id();
  if (!boot) return failure(boot.error());
  return ProcessIdentity{.pid = pid, .start_time = stat->start_time, .boot_id = std::move(*boot)};
}

namespace {

/// A pidfd of the process with this identity; invalid when there is none any more.
Expected<UniqueFd> pin(const ProcessIdentity& identity) {
  if (identity.pid <= 1) return UniqueFd();
  UniqueFd pinned(static_cast<int>(::syscall(SYS_pidfd_open, identity.pid, 0U)));
  if (!pinned) {
    if (errno == ESRCH || errno == EINVAL) return UniqueFd();
    return failure(errno_error(fmt::format("looking at process {}", identity.pid), errno));
  }
  const auto now = identify(identity.pid);
  if (!now || *now != identity) return UniqueFd();
  // A zombie has ended; only its parent can do something about it.
  if (const auto stat = proc_stat(identity.pid); !stat || stat->state == 'Z') return UniqueFd();
  return pinned;
}

Expected<SignalResult> kill_pinned(const UniqueFd& pinned, pid_t pid) {
  if (!pinned) return SignalResult::gone;
  if (::syscall(SYS_pidfd_send_signal, pinned.get(), SIGKILL, nullptr, 0U) == 0) {
    return SignalResult::sent;
  }
  if (errno == ESRCH) return SignalResult::gone;
  return failure(errno_error(fmt::format("killing process {}", pid), errno));
}

}  // namespace

Expected<SignalResult> end_identified(const ProcessIdentity& identity,
                                      std::chrono::milliseconds limit) {
  const auto pinned = pin(identity);
  if (!pinned) return failure(pinned.error());
  const auto result = kill_pinned(*pinned, identity.pid);
  if (!result || *result == SignalResult::gone) return result;
  if (await_end(*pinned, limit)) return SignalResult::sent;
  return failure(ErrorKind::timeout,
                 fmt::format("process {} does not end though it was killed", identity.pid));
}

std::vector<ProcessIdentity> members_of_group(pid_t group) {
  std::vector<ProcessIdentity> members;
  std::error_code error;
  const std::filesystem::directory_iterator end;
  for (std::filesystem::directory_iterator at("/proc", error); !error && at != end;
       at.increment(error)) {
    const auto pid = number(at->path().filename().native());
    if (!pid) continue;
    const auto stat = proc_stat(static_cast<pid_t>(*pid));
    if (!stat || stat->group != group || stat->state == 'Z') continue;
    if (auto one = identify(static_cast<pid_t>(*pid))) members.push_back(*std::move(one));
  }
  return members;
}

bool works_in(pid_t pid, const std::filesystem::path& folder) {
  std::error_code error;
  return std::filesystem::equivalent(fmt::format("/proc/{}/cwd", pid), folder, error) && !error;
}

Expected<ByteSize> total_memory() {
  const auto machine = machine_memory("MemTotal:");
  if (!machine) return failure(machine.error());
  return ByteSize(std::min(*machine, cgroup_memory().limit));
}

Expected<ByteSize> available_memory() {
  const auto machine = machine_memory("MemAvailable:");
  if (!machine) return failure(machine.error());
  const auto group = cgroup_memory();
  const auto left = group.limit > group.used ? group.limit - group.used : 0;
  return ByteSize(std::min(*machine, left));
}

ByteSize anonymous_memory(pid_t pid) {
  const auto text = read_file(fmt::format("/proc/{}/status", pid), limits::kProcFile);
  return ByteSize(text ? meminfo_bytes(*text, "RssAnon:").value_or(0) : 0);
}

std::uint64_t oom_kills() {
  constexpr std::string_view kKey = "\noom_kill ";
  const auto text = read_file("/proc/vmstat", limits::kProcFile);
  const auto at = text ? text->find(kKey) : std::string::npos;
  if (at == std::string::npos) return 0;
  const auto rest = std::string_view(*text).substr(at + kKey.size());
  return parse_number<std::uint64_t>(rest.substr(0, rest.find('\n'))).value_or(0);
}

unsigned usable_cores() {
  unsigned cores = 1;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) == 0) {
    cores = static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
  } else if (const auto online = ::sysconf(_SC_NPROCESSORS_ONLN); online > 1) {
    cores = static_cast<unsigned>(online);  // more cores than cpu_set_t has bits
  }
  return std::max(1U, std::min(cores, cgroup_cores()));
}

}  // namespace llf::os
