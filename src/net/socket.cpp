#include "net/socket.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

namespace llf::net {
namespace {

IoResult failed_or_blocked(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK) return {.state = IoResult::State::blocked};
  return {.state = IoResult::State::failed, .bytes = 0, .error = error};
}

void drop_front(Socket::Parts& parts, std::size_t bytes) {
  for (auto& part : parts) {
    const auto taken = std::min(bytes, part.size());
    part.remove_prefix(taken);
    bytes -= taken;
  }
}

bool all_empty(const Socket::Parts& parts) {
  return std::ranges::all_of(parts, [](std::string_view part) { return part.empty(); });
}

}  // namespace

Socket::Socket(os::UniqueFd fd, FdWatch watch) : fd_(std::move(fd)), watch_(std::move(watch)) {}

Expected<Socket> Socket::adopt(LoopContext& context, os::UniqueFd fd) {
  auto watch = FdWatch::create(context, fd.get());
  if (!watch) return failure(watch.error());
  return Socket(std::move(fd), std::move(*watch));
}

IoResult Socket::try_read(std::span<char> buffer) {
  while (true) {
    const auto got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    if (got > 0) return {.state = IoResult::State::ok, .bytes = static_cast<std::size_t>(got)};
    if (got == 0) return {.state = IoResult::State::end};
    if (errno != EINTR) return failed_or_blocked(errno);
  }
}

IoResult Socket::try_write(const Parts& parts) {
  std::array<iovec, std::tuple_size_v<Parts>> vectors{};
  std::size_t count = 0;
  for (const auto part : parts) {
    if (part.empty()) continue;
    // sendmsg does not write through this pointer.
    vectors[count++] = {.iov_base = const_cast<char*>(part.data()), .iov_len = part.size()};
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = count;
  while (true) {
    const auto sent = ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL);
    if (sent >= 0) return {.state = IoResult::State::ok, .bytes = static_cast<std::size_t>(sent)};
    if (errno != EINTR) return failed_or_blocked(errno);
  }
}

Task<Expected<void>> Socket::write_all(Parts parts, Duration stall_limit) {
  while (!all_empty(parts)) {
    const auto result = try_write(parts);
    if (result.state == IoResult::State::ok) {
      drop_front(parts, result.bytes);
      continue;
    }
    if (result.state == IoResult::State::failed) {
      co_return failure(errno_error("writing to a connection", result.error));
    }
    switch (co_await wait(FdWatch::For::write, deadline_after(stall_limit))) {
      case Wake::woken:
        break;
      case Wake::cancelled:
        co_return failure(ErrorKind::cancelled, "cancelled");
      case Wake::timed_out:
        co_return failure(ErrorKind::timeout, "the other end does not read");
    }
  }
  co_return Expected<void>();
}

bool Socket::hung_up() const {
  pollfd poll{.fd = fd_.get(), .events = 0, .revents = 0};
  return ::poll(&poll, 1, 0) == 1 && (poll.revents & (POLLHUP | POLLERR)) != 0;
}

void Socket::shutdown_sending() {
  ::shutdown(fd_.get(), SHUT_WR);
}

void Socket::shutdown_receiving() {
  ::shutdown(fd_.get(), SHUT_RD);
}

void Socket::reset_on_close() {
  const linger none{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
}

std::span<char> read_scratch() {
  thread_local const auto buffer = std::make_unique<char[]>(limits::kReadSize.bytes());
  return {buffer.get(), limits::kReadSize.bytes()};
}

MonoTime deadline_after(Duration duration) {
  const auto now = mono_now();
  return duration > MonoTime::max() - now ? MonoTime::max() : now + duration;
}

}  // namespace llf::net
