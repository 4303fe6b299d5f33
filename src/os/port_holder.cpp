#include "os/port_holder.hpp"

#include "base/limits.hpp"
#include "base/number.hpp"
#include "os/atomic_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <set>
#include <sstream>
#include <string_view>
#include <system_error>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kListening = "0A";  // TCP_LISTEN in /proc/net/tcp

/// The socket inodes that listen on `port`, from a file in the form of /proc/net/tcp (proc(5)).
void collect_inodes(const char* file, std::uint16_t port, std::set<std::string>& inodes) {
  const auto text = read_file(file, limits::kProcNetFile);
  if (!text) return;
  const auto wanted = fmt::format(":{:04X}", port);
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream fields(line);
    std::string slot;
    std::string local;
    std::string remote;
    std::string state;
    std::string skipped;
    std::string inode;
    fields >> slot >> local >> remote >> state;
    for (int i = 0; i < 5; ++i) fields >> skipped;  // queues, timer, retransmits, uid, timeout
    fields >> inode;
    if (state == kListening && local.ends_with(wanted)) inodes.insert("socket:[" + inode + "]");
  }
}

bool holds_one_of(const fs::path& process, const std::set<std::string>& inodes) {
  std::error_code code;
  for (fs::directory_iterator it(process / "fd", code), end; !code && it != end;
       it.increment(code)) {
    std::error_code unreadable;
    if (inodes.contains(fs::read_symlink(it->path(), unreadable).string())) return true;
  }
  return false;
}

}  // namespace

std::optional<PortHolder> port_holder(std::uint16_t port) {
  std::set<std::string> inodes;
  collect_inodes("/proc/net/tcp", port, inodes);
  collect_inodes("/proc/net/tcp6", port, inodes);
  if (inodes.empty()) return std::nullopt;
  std::error_code code;
  for (fs::directory_iterator it("/proc", code), end; !code && it != end; it.increment(code)) {
    const auto name = it->path().filename().string();
    const auto pid = parse_number<pid_t>(name);
    if (!pid) continue;
    if (!holds_one_of(it->path(), inodes)) continue;
    auto program = read_file(it->path() / "comm", limits::kProcFile).value_or("?");
    while (program.ends_with('\n')) program.pop_back();
    return PortHolder{.pid = *pid, .program = std::move(program)};
  }
  return std::nullopt;
}

}  // namespace llf::os
