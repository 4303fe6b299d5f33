#include "daemon/sockets.hpp"

#include "net/address.hpp"

#include <algorithm>
#include <utility>

namespace llf::daemon {
namespace {

constexpr unsigned kSocketMode = 0600;

}  // namespace

std::optional<os::UniqueFd> take_named(std::vector<os::NamedFd>& fds, std::string_view name) {
  const auto found = std::ranges::find(fds, name, &os::NamedFd::name);
  if (found == fds.end()) return std::nullopt;
  auto fd = std::move(found->fd);
  fds.erase(found);
  return fd;
}

Sockets::Sockets(net::HttpServer& server, std::vector<os::NamedFd> inherited)
    : server_(server), inherited_(std::move(inherited)) {}

Expected<void> Sockets::listen_control(const std::string& path) {
  auto left = take_named(inherited_, kControlSocket);
  if (left && net::Address::local_of(left->get()).path() == path) {
    if (server_.adopt(*std::move(left))) return {};
  }
  return server_.listen_unix(path, kSocketMode);
}

Expected<std::uint16_t> Sockets::listen_http(const std::string& host, std::uint16_t port) {
  if (auto left = take_named(inherited_, kHttpSocket)) {
    const auto where = net::Address::local_of(left->get());
    const bool right = where.host() == host && (port == 0 || where.port() == port);
    if (right) {
      if (auto adopted = server_.adopt(*std::move(left))) return adopted;
    }
  }
  return server_.listen_tcp(host, port);
}

Expected<std::vector<os::NamedFd>> Sockets::hand_over() {
  auto sockets = server_.hand_over();
  if (!sockets) return failure(sockets.error());
  std::vector<os::NamedFd> named;
  for (auto& socket : *sockets) {
    const bool is_control = !net::Address::local_of(socket.get()).path().empty();
    named.push_back(
        {.name = std::string(is_control ? kControlSocket : kHttpSocket), .fd = std::move(socket)});
  }
  return named;
}

}  // namespace llf::daemon
