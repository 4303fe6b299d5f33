#pragma once

#include "net/loop.hpp"
#include "net/task_group.hpp"
#include "net/timer.hpp"

#include <optional>
#include <utility>

namespace llf::net {

/// Runs the loop until `task` has ended, and returns its result: for a command line or a test,
/// where nothing else runs the loop. Other tasks run along and stay where they are.
template <class T>
[[nodiscard]] detail::Stored<T> run_until_done(Loop& loop, Task<T> task) {
  std::optional<detail::Stored<T>> result;
  TaskGroup group(loop, "main");
  group.spawn(detail::store(std::move(task), result));
  loop.run_until([&group] { return group.size() == 0; });
  return std::move(*result);
}

}  // namespace llf::net
