#pragma once

#include "net/loop.hpp"
#include "net/task_group.hpp"
#include "net/timer.hpp"

#include <optional>
#include <utility>

namespace llf::net {

namespace detail {

template <class T>
Task<void> store_and_stop(Task<T> task, std::optional<Stored<T>>& out, Loop& loop) {
  co_await store(std::move(task), out);
  loop.stop();
}

}  // namespace detail

/// Runs the loop until `task` has ended, and returns its result: for a command line or a test,
/// where nothing else runs the loop. Other tasks run along and stay where they are.
template <class T>
[[nodiscard]] detail::Stored<T> run_until_done(Loop& loop, Task<T> task) {
  std::optional<detail::Stored<T>> result;
  TaskGroup group(loop, "main");
  group.spawn(detail::store_and_stop(std::move(task), result, loop));
  while (group.size() != 0) {
    loop.run();
  }
  return std::move(*result);
}

}  // namespace llf::net
