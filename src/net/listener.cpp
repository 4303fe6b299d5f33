#include "net/listener.hpp"

#include "base/limits.hpp"
#include "log/log.hpp"
#include "net/address.hpp"
#include "net/timer.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace llf::net {
namespace {

void set_option(int fd, int level, int name, int value) {
  ::setsockopt(fd, level, name, &value, sizeof value);
}

os::UniqueFd open_spare() {
  return os::UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

void remove_stale_socket(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISSOCK(status.st_mode)) return;
  if (!is_served(path)) ::unlink(path.c_str());
}

/// Errors of accept(2) that say that this one client is gone again; the next one may be accepted.
bool is_of_one_client(int error) {
  constexpr std::array kErrors{EINTR,  ECONNABORTED, EPROTO,      ENETDOWN, ENOPROTOOPT, EHOSTDOWN,
                               ENONET, EHOSTUNREACH, ENETUNREACH, EPERM,    ETIMEDOUT};
  return std::ranges::find(kErrors, error) != kErrors.end();
}

}  // namespace

Listener::Listener(os::UniqueFd fd, FdWatch watch)
    : fd_(std::move(fd)), spare_(open_spare()), watch_(std::move(watch)) {}

SocketFile::SocketFile(std::string path) : path_(std::move(path)) {
  struct stat status{};
  if (::lstat(path_.c_str(), &status) != 0) return;
  device_ = status.st_dev;
  inode_ = status.st_ino;
}

SocketFile::~SocketFile() {
  struct stat status{};
  if (path_.empty()) return;
  if (::lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ && status.st_ino == inode_) {
    ::unlink(path_.c_str());
  }
}

Expected<Listener> Listener::start(LoopContext& context, os::UniqueFd fd) {
  if (::listen(fd.get(), limits::kListenBacklog) != 0) {
    return failure(errno_error("listening", errno));
  }
  auto watch = FdWatch::create(context, fd.get());
  if (!watch) return failure(watch.error());
  return Listener(std::move(fd), std::move(*watch));
}

Expected<Listener> Listener::tcp(LoopContext& context, const std::string& address,
                                 std::uint16_t port) {
  const auto where = Address::of_ip(address, port);
  if (!where) return failure(where.error());
  const auto what = fmt::format("listening on {}", where->to_string());
  os::UniqueFd fd(::socket(where->family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return failure(errno_error(what, errno));
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (where->family() == AF_INET6) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
  if (::bind(fd.get(), where->get(), where->size()) != 0) return failure(errno_error(what, errno));
  auto listener = start(context, std::move(fd));
  if (!listener) return failure(listener.error().with_context(what));
  listener->port_ = Address::local_of(listener->fd_.get()).port();
  return listener;
}

Expected<Listener> Listener::unix_socket(LoopContext& context, const std::string& path,
                                         unsigned mode) {
  const auto where = Address::of_unix(path);
  if (!where) return failure(where.error());
  const auto what = fmt::format("listening on {}", path);
  remove_stale_socket(path);
  os::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return failure(errno_error(what, errno));
  // The file appears with this mode (less the umask), then gets exactly it.
  ::fchmod(fd.get(), mode);
  if (::bind(fd.get(), where->get(), where->size()) != 0) return failure(errno_error(what, errno));
  ::chmod(path.c_str(), mode);
  auto listener = start(context, std::move(fd));
  if (!listener) return failure(listener.error().with_context(what));
  listener->file_ = std::make_unique<SocketFile>(path);
  return listener;
}

Expected<Listener> Listener::adopt(LoopContext& context, os::UniqueFd fd) {
  int listens = 0;
  socklen_t size = sizeof listens;
  if (::getsockopt(fd.get(), SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) {
    return failure(ErrorKind::invalid, "it is no socket that listens");
  }
  ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
  auto listener = start(context, std::move(fd));
  if (!listener) return failure(listener.error());
  const auto where = listener->address();
  listener->port_ = where.port();
  if (!where.path().empty()) listener->file_ = std::make_unique<SocketFile>(where.path());
  return listener;
}

Expected<os::UniqueFd> Listener::copy() const {
  os::UniqueFd copy(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy) return failure(errno_error("leaving a socket to a successor", errno));
  return copy;
}

Task<std::optional<Accepted>> Listener::accept() {
  while (true) {
    // Before a look: whoever comes from then on waits for another program.
    const auto task = co_await boost::asio::this_coro::cancellation_state;
    if (task.cancelled() != boost::asio::cancellation_type::none) co_return std::nullopt;
    os::UniqueFd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (fd) {
      starved_ = false;
      co_return prepare(std::move(fd));
    }
    const int error = errno;
    if (error == EAGAIN) {
      if (co_await watch_.wait(FdWatch::For::read) == Wake::cancelled) co_return std::nullopt;
    } else if (!is_of_one_client(error)) {
      if (error == EMFILE || error == ENFILE) shed_one();
      if (!co_await sleep_for(limits::kAcceptBackoff)) co_return std::nullopt;
    }
  }
}

void Listener::shed_one() {
  if (!std::exchange(starved_, true)) {
    log::warn("net", "no file descriptor is free: new connections are closed");
  }
  spare_.reset();
  static_cast<void>(os::UniqueFd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
  spare_ = open_spare();
}

Accepted Listener::prepare(os::UniqueFd fd) const {
  Accepted result{.fd = std::move(fd), .peer = {}};
  const int number = result.fd.get();
  if (Address::local_of(number).family() == AF_UNIX) {
    ucred credentials{};
    socklen_t size = sizeof credentials;
    ::getsockopt(number, SOL_SOCKET, SO_PEERCRED, &credentials, &size);
    result.peer = {.is_unix = true, .uid = credentials.uid, .address = {}};
    return result;
  }
  set_option(number, IPPROTO_TCP, TCP_NODELAY, 1);
  // Urgent data is read like any other, or it would wake the loop for ever.
  set_option(number, SOL_SOCKET, SO_OOBINLINE, 1);
  set_option(number, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(number, IPPROTO_TCP, TCP_KEEPIDLE, limits::kProbeIdleS);
  set_option(number, IPPROTO_TCP, TCP_KEEPINTVL, limits::kProbeEveryS);
  set_option(number, IPPROTO_TCP, TCP_KEEPCNT, limits::kProbes);
  result.peer.address = Address::peer_of(number).host();
  return result;
}

}  // namespace llf::net
