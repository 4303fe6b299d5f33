#include "os/service_manager.hpp"

#include "base/number.hpp"
#include "os/paths.hpp"
#include "os/unique_fd.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/un.h>
#include <unistd.h>

namespace llf::os {

void notify_service_manager(std::string_view state) {
  const auto path = env("NOTIFY_SOCKET");
  sockaddr_un address{};
  if (!path || path->size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path->data(), path->size());
  // An abstract name is written with @ in place of its first byte, which is 0.
  if (path->front() == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path->size());
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return;
  static_cast<void>(::sendto(socket.get(), state.data(), state.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&address), size));
}

std::optional<Duration> watchdog_interval() {
  const auto limit = parse_number<std::int64_t>(env("WATCHDOG_USEC").value_or(""));
  const auto pid = parse_number<pid_t>(env("WATCHDOG_PID").value_or(""));
  if (!limit || *limit <= 0 || (pid && *pid != ::getpid())) return std::nullopt;
  return std::chrono::microseconds(*limit) / 2;
}

}  // namespace llf::os
