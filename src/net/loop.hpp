#pragma once

#include <boost/asio/any_io_executor.hpp>

#include <functional>
#include <memory>

namespace llf::net {

using Executor = boost::asio::any_io_executor;

/// The one loop thread of a program: whoever calls `run` is it, and every coroutine and every
/// object of net lives on it. Owned by main, destroyed after every task has ended.
class Loop {
 public:
  Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  /// Runs until no task is left (of any TaskGroup), or `stop` was called; may be called again.
  /// Sleeps in the kernel while nothing happens: an idle loop never wakes up.
  void run();

  /// As `run`, but returns as soon as `done()` holds, which is asked after every callback.
  void run_until(const std::function<bool()>& done);

  /// Makes `run` return after the callback that it is in. Tasks stay where they are. Any thread.
  void stop();

  /// Runs `work` on the loop thread, in the order of the calls. The one way in from another thread.
  void post(std::move_only_function<void()> work);

  [[nodiscard]] Executor executor() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace llf::net
