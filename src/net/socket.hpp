#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/fd_watch.hpp"
#include "os/unique_fd.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace llf::net {

/// What one system call on a socket came to.
struct IoResult {
  enum class State : std::uint8_t { ok, end, blocked, failed };
  State state = State::ok;
  std::size_t bytes = 0;  ///< moved, when ok
  int error = 0;          ///< errno, when failed
};

/// A connected stream socket, non-blocking: one system call per read and write, and waits in
/// between. Never raises SIGPIPE. Loop thread.
class Socket {
 public:
  /// Parts that go out in one system call.
  using Parts = std::array<std::string_view, 4>;

  /// Takes a non-blocking socket over. Errors: io.
  [[nodiscard]] static Expected<Socket> adopt(LoopContext& context, os::UniqueFd fd);

  [[nodiscard]] IoResult try_read(std::span<char> buffer);
  [[nodiscard]] IoResult try_write(const Parts& parts);

  [[nodiscard]] Task<Wake> wait(FdWatch::For what, MonoTime deadline = MonoTime::max()) {
    return watch_.wait(what, deadline);
  }

  /// Writes all parts, which must stay where they are until it returns. Errors: `timeout` when
  /// nothing was taken for `stall_limit`; cancelled; io (EPIPE, ECONNRESET: the peer is gone).
  [[nodiscard]] Task<Expected<void>> write_all(Parts parts, Duration stall_limit);

  /// True when the other end is gone for good: closed in both directions, or reset. On TCP a peer
  /// that closed looks like one that only shut its sending side until it is written to.
  [[nodiscard]] bool hung_up() const;

  /// No more is sent; the peer reads the end after what was written.
  void shutdown_sending();

  /// No more is received: a waiting read sees the end.
  void shutdown_receiving();

  /// The next close sends a reset instead of a regular end (TCP).
  void reset_on_close();

  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  Socket(os::UniqueFd fd, FdWatch watch);

  // The watch is declared last: it lets go of the descriptor before that is closed.
  os::UniqueFd fd_;
  FdWatch watch_;
};

/// A buffer of limits::kReadSize that every read of the loop thread shares: its content is used up
/// before the next co_await.
[[nodiscard]] std::span<char> read_scratch();

/// The time that is `duration` from now; never for kNoLimit.
[[nodiscard]] MonoTime deadline_after(Duration duration);

}  // namespace llf::net
