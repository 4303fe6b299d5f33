#pragma once

#include "base/expected.hpp"
#include "net/http_server.hpp"
#include "os/inherited.hpp"
#include "os/unique_fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::daemon {

/// The names of what one daemon leaves to the next; a service manager's socket for the public port
/// is named as ours is.
inline constexpr std::string_view kControlSocket = "control";
inline constexpr std::string_view kHttpSocket = "http";
inline constexpr std::string_view kHomeLock = "lock";

/// Takes the one of that name out of the list.
[[nodiscard]] std::optional<os::UniqueFd> take_named(std::vector<os::NamedFd>& fds,
                                                     std::string_view name);

/// Where a daemon listens: on what was left to it, where that is the right place, else anew. Loop
/// thread.
class Sockets {
 public:
  /// `server` outlives it.
  Sockets(net::HttpServer& server, std::vector<os::NamedFd> inherited);

  /// The Unix socket. Errors: those of net::HttpServer::listen_unix.
  [[nodiscard]] Expected<void> listen_control(const std::string& path);

  /// The public address; returns the port. Errors: those of net::HttpServer::listen_tcp.
  [[nodiscard]] Expected<std::uint16_t> listen_http(const std::string& host, std::uint16_t port);

  /// Accepts nobody any more; what is left to the next one. Errors: io, and nothing has changed.
  [[nodiscard]] Expected<std::vector<os::NamedFd>> hand_over();

 private:
  net::HttpServer& server_;
  std::vector<os::NamedFd> inherited_;
};

}  // namespace llf::daemon
