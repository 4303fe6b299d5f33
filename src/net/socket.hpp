#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/cipher.hpp"
#include "net/fd_watch.hpp"
#include "os/unique_fd.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
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
/// between. Never raises SIGPIPE. Once it is secured, all bytes go through its cipher. Loop thread.
class Socket {
 public:
  /// Parts that go out in one system call.
  using Parts = std::array<std::string_view, 4>;

  /// Takes a non-blocking socket over. Errors: io.
  [[nodiscard]] static Expected<Socket> adopt(LoopContext& context, os::UniqueFd fd);

  /// Shakes hands as `cipher` says, and lets all bytes go through it from then on. Before the first
  /// read and write, once. Errors: `timeout` after `limit`; cancelled; `unavailable` when the
  /// connection ended; those of the cipher. After an error nothing can be read or written.
  [[nodiscard]] Task<Expected<void>> secure(std::unique_ptr<Cipher> cipher, Duration limit);

  /// `blocked`: nothing is there, also of what came already, so that a wait may follow. Secured, an
  /// end of the wire that the other end did not announce is no end but ECONNRESET, and what its
  /// cipher refuses is EPROTO.
  [[nodiscard]] IoResult try_read(std::span<char> buffer);

  /// Secured, `ok` says that bytes were taken, and they go out in order with what is written next;
  /// until they have, nothing more is taken.
  [[nodiscard]] IoResult try_write(const Parts& parts);

  /// What has come on the wire, which stays there.
  [[nodiscard]] IoResult peek(std::span<char> buffer) const;

  [[nodiscard]] Task<Wake> wait(FdWatch::For what, MonoTime deadline = MonoTime::max()) {
    return watch_.wait(what, deadline);
  }

  /// Writes all parts, which must stay where they are until it returns, to the kernel. Errors:
  /// `timeout` when nothing was taken for `stall_limit`; cancelled; io (EPIPE, ECONNRESET: the peer
  /// is gone).
  [[nodiscard]] Task<Expected<void>> write_all(Parts parts, Duration stall_limit);

  /// True when the other end is gone for good: closed in both directions, or reset. On TCP a peer
  /// that closed looks like one that only shut its sending side until it is written to.
  [[nodiscard]] bool hung_up() const;

  /// No more is sent; the peer reads the end after what was written. Waits only for room for what
  /// a cipher has to say about it.
  [[nodiscard]] Task<void> shutdown_sending(MonoTime deadline);

  /// No more is received: a waiting read sees the end.
  void shutdown_receiving();

  /// The next close sends a reset instead of a regular end (TCP).
  void reset_on_close();

  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  Socket(os::UniqueFd fd, FdWatch watch);

  [[nodiscard]] Task<Expected<void>> shake_hands(MonoTime deadline);
  [[nodiscard]] IoResult read_secured(std::span<char> buffer);
  [[nodiscard]] IoResult write_secured(Parts parts);
  /// Sends what the cipher has for the wire; `blocked` while some of it is left.
  [[nodiscard]] IoResult flush();
  [[nodiscard]] bool holds_some() const { return cipher_ && !cipher_->for_wire().empty(); }
  [[nodiscard]] Task<Expected<void>> await(FdWatch::For what, MonoTime deadline,
                                           std::string_view too_late);

  // The watch is declared last: it lets go of the descriptor before that is closed.
  os::UniqueFd fd_;
  std::unique_ptr<Cipher> cipher_;
  FdWatch watch_;
};

/// A buffer of limits::kReadSize that every read of the loop thread shares: its content is used up
/// before the next co_await.
[[nodiscard]] std::span<char> read_scratch();

/// The time that is `duration` from now; never for kNoLimit.
[[nodiscard]] MonoTime deadline_after(Duration duration);

}  // namespace llf::net
