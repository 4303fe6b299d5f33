#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/loop.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace llf::net {

/// Waits for a pipe, a pidfd or another descriptor that epoll knows. It borrows the descriptor,
/// which must stay open as long as this lives. Loop thread; one wait at a time; none may be under
/// way when it is destroyed or moved from.
class Descriptor {
 public:
  /// Errors: io, when the descriptor cannot be watched.
  [[nodiscard]] static Expected<Descriptor> create(Loop& loop, int fd);

  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  /// Returns when a read would not block: bytes, the end of a pipe, or, on a pidfd, the end of
  /// the process. Errors: cancelled.
  [[nodiscard]] Task<Expected<void>> wait_readable();

  /// Waits for bytes and reads up to `buffer.size()` of them; 0 is the end. The descriptor must be
  /// non-blocking. Errors: cancelled, io.
  [[nodiscard]] Task<Expected<std::size_t>> read_some(std::span<char> buffer);

 private:
  struct Impl;
  explicit Descriptor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace llf::net
