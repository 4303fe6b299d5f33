#include "daemon/succession.hpp"

#include "base/limits.hpp"
#include "net/address.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace llf::daemon {
namespace {

/// What a service manager told this process holds for the next program in it, too.
void keep_service_manager(std::vector<std::string>& environment) {
  for (const std::string_view name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) {
    const auto begin = fmt::format("{}=", name);
    std::erase_if(environment, [&](const auto& one) { return one.starts_with(begin); });
    const auto value = os::env(std::string(name).c_str());
    if (value) environment.push_back(begin + *value);
  }
}

}  // namespace

Expected<os::FileLock> lock_home(const os::Paths& paths, std::vector<os::NamedFd>& inherited) {
  if (auto left = take_named(inherited, kHomeLock)) {
    auto lock = os::FileLock::adopt(paths.daemon_lock(), *std::move(left));
    if (!lock) return failure(lock.error());
    if (*lock) return **std::move(lock);
  }
  const auto is_served = [&] { return net::is_served(paths.socket().native()); };
  auto lock = os::FileLock::acquire(paths.daemon_lock(),
                                    is_served() ? Duration::zero() : limits::kGuardTime);
  if (lock || lock.error().kind != ErrorKind::timeout) return lock;
  return failure(ErrorKind::conflict,
                 is_served()
                     ? "a daemon serves this home already; `llf server status` shows it, `llf "
                       "server stop` ends it"
                     : "a daemon of this home is about to end; try again in a moment");
}

Expected<os::Successor> with_inheritance(os::Successor successor, const os::FileLock& lock,
                                         Sockets& sockets) {
  const auto& program = successor.argv.front();
  std::error_code code;
  if (::access(program.c_str(), X_OK) != 0) {
    return failure(errno_error("starting " + program, errno));
  }
  if (!std::filesystem::is_regular_file(program, code)) {
    return failure(ErrorKind::invalid, program + " is no program");
  }
  auto own_lock = lock.copy();
  if (!own_lock) return failure(own_lock.error());
  auto left = sockets.hand_over();
  if (!left) return failure(left.error());
  successor.fds = *std::move(left);
  successor.fds.push_back({.name = std::string(kHomeLock), .fd = *std::move(own_lock)});
  keep_service_manager(successor.env);
  return successor;
}

}  // namespace llf::daemon
