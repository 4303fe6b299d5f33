#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/suspension.hpp"

#include <cstdint>
#include <memory>

namespace llf::net {

/// Waits until a descriptor is ready; reading and writing are its owner's system calls. A wait that
/// ends early (deadline, cancellation) leaves the watch armed, which the next wait profits from.
class FdWatch {
 public:
  enum class For : std::uint8_t {
    read,    ///< bytes, the end, an error
    write,   ///< room, an error
    hangup,  ///< both directions closed, or an error: nothing that a read would take away
  };

  /// Borrows `fd`. Errors: io.
  [[nodiscard]] static Expected<FdWatch> create(LoopContext& context, int fd);

  FdWatch(FdWatch&& other) noexcept;
  FdWatch& operator=(FdWatch&& other) noexcept;
  ~FdWatch();

  /// One task at a time for each kind. `woken` is a hint: the descriptor may not be ready after
  /// all.
  [[nodiscard]] Task<Wake> wait(For what, MonoTime deadline = MonoTime::max());

  /// Stops watching. Call it before the descriptor is closed. No wait may be under way.
  void release();

 private:
  struct State;
  explicit FdWatch(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace llf::net
