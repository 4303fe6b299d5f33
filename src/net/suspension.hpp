#pragma once

#include "base/clock.hpp"
#include "base/task.hpp"
#include "net/deadline_queue.hpp"

#include <cstdint>
#include <functional>

namespace llf::net {

struct LoopContext;

/// Why a suspended task goes on.
enum class Wake : std::uint8_t { woken, cancelled, timed_out };

/// Lets everybody else run who can: for loops that might never have to wait. Not a wait: it also
/// returns in a cancelled task.
[[nodiscard]] Task<void> give_turn();

/// The one way in which a task of llf waits: everything else in net is built on it. It keeps the
/// rule of base/task.hpp: in a cancelled task a wait does not begin. One task at a time. It must
/// not be destroyed while a task waits.
class Suspension final : DeadlineNode {
 public:
  Suspension() = default;
  ~Suspension();

  /// Waits for `wake`, for the task's cancellation or for `deadline`, whichever is first.
  [[nodiscard]] Task<Wake> wait(MonoTime deadline = MonoTime::max());

  /// Waits for `wake` and for nothing else: for the end of children.
  [[nodiscard]] Task<void> wait_through();

  /// Lets the task go on, on a later turn of the loop. Without a waiting task it does nothing.
  void wake();

  /// Lets the task go on inside this call: only from a callback of the loop itself, which must not
  /// touch anything afterwards that the task may have destroyed.
  void wake_now();

  [[nodiscard]] bool waiting() const { return static_cast<bool>(resume_); }

 private:
  enum class Mode : std::uint8_t { cancellable, through };

  template <class Handler>
  void start(Handler handler, MonoTime deadline, Mode mode);
  Task<Wake> suspend(MonoTime deadline, Mode mode);
  void finish(Wake why);
  void on_deadline() override { finish(Wake::timed_out); }

  std::move_only_function<void(Wake)> resume_;
  LoopContext* loop_ = nullptr;
};

}  // namespace llf::net
