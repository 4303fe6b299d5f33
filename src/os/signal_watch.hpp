#pragma once

#include "base/expected.hpp"
#include "os/unique_fd.hpp"

#include <initializer_list>
#include <optional>
#include <vector>

namespace llf::os {

/// Remembers signals, instead of dying of them, as long as it lives: for a program that sits in
/// system calls (which then fail with EINTR) and in loops by turns. At its end the actions of
/// before are back. A SIGINT, SIGTERM or SIGHUP that comes again before the first was taken ends
/// the program at once, with 128 + its number. One at a time; main thread.
class SignalWatch {
 public:
  /// Errors: invalid, for what cannot be caught; io.
  [[nodiscard]] static Expected<SignalWatch> create(std::initializer_list<int> numbers);

  SignalWatch(SignalWatch&& other) noexcept = default;
  SignalWatch& operator=(SignalWatch&& other) noexcept = delete;
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch();

  /// Readable while a signal waits to be taken.
  [[nodiscard]] int fd() const { return fd_.get(); }

  /// A signal that came, oldest kinds in no order; nothing when there is none. Does not block.
  [[nodiscard]] std::optional<int> take();

 private:
  explicit SignalWatch(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;  ///< an eventfd
  std::vector<int> numbers_;
};

/// Blocks every signal that can be blocked, for good: for a process that ends only with another
/// one. Main thread.
void block_signals();

}  // namespace llf::os
