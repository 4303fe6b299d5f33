#include "net/socket.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/uio.h>
#include <utility>

namespace llf::net {
namespace {

IoResult failed(int error) {
  return {.state = IoResult::State::failed, .bytes = 0, .error = error};
}

IoResult failed_or_blocked(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK) return {.state = IoResult::State::blocked};
  return failed(error);
}

IoResult receive(int fd, std::span<char> buffer, int flags) {
  while (true) {
    const auto got = ::recv(fd, buffer.data(), buffer.size(), flags);
    if (got > 0) return {.state = IoResult::State::ok, .bytes = static_cast<std::size_t>(got)};
    if (got == 0) return {.state = IoResult::State::end};
    if (errno != EINTR) return failed_or_blocked(errno);
  }
}

IoResult send_parts(int fd, const Socket::Parts& parts) {
  std::array<iovec, std::tuple_size_v<Socket::Parts>> vectors{};
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
    const auto sent = ::sendmsg(fd, &message, MSG_NOSIGNAL);
    if (sent >= 0) return {.state = IoResult::State::ok, .bytes = static_cast<std::size_t>(sent)};
    if (errno != EINTR) return failed_or_blocked(errno);
  }
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

/// As much as fits of what the cipher has.
IoResult decrypt(Cipher& cipher, std::span<char> buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const auto part = cipher.read(buffer.subspan(filled));
    if (part.state == Cipher::State::ok) {
      filled += part.bytes;
      continue;
    }
    if (filled != 0) break;
    if (part.state == Cipher::State::starved) return {.state = IoResult::State::blocked};
    return part.state == Cipher::State::end ? IoResult{.state = IoResult::State::end}
                                            : failed(EPROTO);
  }
  return {.state = IoResult::State::ok, .bytes = filled};
}

/// The next bytes that are encrypted together: where they lie, or gathered in `room`.
std::string_view next_record(const Socket::Parts& parts, std::span<char> room) {
  std::size_t size = 0;
  for (const auto part : parts) {
    if (size == 0 && part.size() >= room.size()) return part.substr(0, room.size());
    const auto fitting = part.substr(0, room.size() - size);
    std::ranges::copy(fitting, room.subspan(size).begin());
    size += fitting.size();
  }
  return {room.data(), size};
}

}  // namespace

Socket::Socket(os::UniqueFd fd, FdWatch watch) : fd_(std::move(fd)), watch_(std::move(watch)) {}

Expected<Socket> Socket::adopt(LoopContext& context, os::UniqueFd fd) {
  auto watch = FdWatch::create(context, fd.get());
  if (!watch) return failure(watch.error());
  return Socket(std::move(fd), std::move(*watch));
}

IoResult Socket::try_read(std::span<char> buffer) {
  return cipher_ ? read_secured(buffer) : receive(fd_.get(), buffer, 0);
}

IoResult Socket::try_write(const Parts& parts) {
  return cipher_ ? write_secured(parts) : send_parts(fd_.get(), parts);
}

IoResult Socket::peek(std::span<char> buffer) const {
  return receive(fd_.get(), buffer, MSG_PEEK);
}

Task<Expected<void>> Socket::secure(std::unique_ptr<Cipher> cipher, Duration limit) {
  LLF_ASSERT(!cipher_);
  // It stays, whatever comes of it: nothing may go out in the clear from here on.
  cipher_ = std::move(cipher);
  return shake_hands(deadline_after(limit));
}

Task<Expected<void>> Socket::shake_hands(MonoTime deadline) {
  constexpr std::string_view kTooLate = "the TLS handshake took too long";
  const auto ended = failure(ErrorKind::unavailable, "the connection ended in the TLS handshake");
  for (int rounds = 1;; ++rounds) {
    const auto state = cipher_->shake_hands();
    const auto sent = flush();
    if (state == Cipher::State::failed) co_return failure(cipher_->why());
    if (state == Cipher::State::end || sent.state == IoResult::State::failed) co_return ended;
    if (mono_now() >= deadline) co_return failure(ErrorKind::timeout, std::string(kTooLate));
    if (rounds % limits::kReadsPerTurn == 0) co_await give_turn();
    if (sent.state == IoResult::State::blocked) {
      auto room = co_await await(FdWatch::For::write, deadline, kTooLate);
      if (!room) co_return room;
      continue;
    }
    if (state == Cipher::State::ok) co_return Expected<void>();
    const auto got = receive(fd_.get(), read_scratch(), 0);
    if (got.state == IoResult::State::ok) {
      cipher_->take_wire({read_scratch().data(), got.bytes});
    } else if (got.state != IoResult::State::blocked) {
      co_return ended;
    } else if (auto more = co_await await(FdWatch::For::read, deadline, kTooLate); !more) {
      co_return more;
    }
  }
}

IoResult Socket::read_secured(std::span<char> buffer) {
  for (int reads = 0;; ++reads) {
    const auto got = decrypt(*cipher_, buffer);
    // What the cipher answers by itself, a refusal for one, does not wait for a write of ours. A
    // failure is one of the next write.
    static_cast<void>(flush());
    if (got.state != IoResult::State::blocked) return got;
    if (cipher_->for_wire().size() > limits::kCipherBacklog.bytes()) return failed(ENOBUFS);
    if (reads == limits::kReadsPerTurn) return got;
    const auto wire = receive(fd_.get(), buffer, 0);
    if (wire.state == IoResult::State::end) return failed(ECONNRESET);
    if (wire.state != IoResult::State::ok) return wire;
    cipher_->take_wire({buffer.data(), wire.bytes});
  }
}

IoResult Socket::write_secured(Parts parts) {
  if (const auto before = flush(); before.state != IoResult::State::ok) return before;
  std::array<char, limits::kCipherRecord.bytes()> room;
  std::size_t taken = 0;
  while (taken < limits::kCipherStep.bytes() && !all_empty(parts)) {
    const auto record = next_record(parts, room);
    if (cipher_->write(record) != Cipher::State::ok) return failed(EPROTO);
    drop_front(parts, record.size());
    taken += record.size();
  }
  const auto after = flush();
  if (after.state == IoResult::State::failed) return after;
  return {.state = IoResult::State::ok, .bytes = taken};
}

IoResult Socket::flush() {
  auto& wire = cipher_->for_wire();
  if (wire.empty()) return {};
  const auto sent = send_parts(fd_.get(), {wire});
  if (sent.state != IoResult::State::ok) return sent;
  if (sent.bytes < wire.size()) {
    wire.erase(0, sent.bytes);
    return {.state = IoResult::State::blocked};
  }
  wire = std::string();  // an idle connection holds no buffer
  return {};
}

Task<Expected<void>> Socket::write_all(Parts parts, Duration stall_limit) {
  while (!all_empty(parts) || holds_some()) {
    const auto result = try_write(parts);
    if (result.state == IoResult::State::ok) {
      drop_front(parts, result.bytes);
      continue;
    }
    if (result.state == IoResult::State::failed) {
      co_return failure(errno_error("writing to a connection", result.error));
    }
    auto room = co_await await(FdWatch::For::write, deadline_after(stall_limit),
                               "the other end does not read");
    if (!room) co_return room;
  }
  co_return Expected<void>();
}

Task<Expected<void>> Socket::await(FdWatch::For what, MonoTime deadline,
                                   std::string_view too_late) {
  switch (co_await wait(what, deadline)) {
    case Wake::woken:
      break;
    case Wake::cancelled:
      co_return failure(ErrorKind::cancelled, "cancelled");
    case Wake::timed_out:
      co_return failure(ErrorKind::timeout, std::string(too_late));
  }
  co_return Expected<void>();
}

bool Socket::hung_up() const {
  pollfd poll{.fd = fd_.get(), .events = 0, .revents = 0};
  return ::poll(&poll, 1, 0) == 1 && (poll.revents & (POLLHUP | POLLERR)) != 0;
}

Task<void> Socket::shutdown_sending(MonoTime deadline) {
  if (cipher_) {
    cipher_->finish();
    while (flush().state == IoResult::State::blocked) {
      if (co_await wait(FdWatch::For::write, deadline) != Wake::woken) break;
    }
  }
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
