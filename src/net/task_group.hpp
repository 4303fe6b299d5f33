#pragma once

#include "base/task.hpp"
#include "net/loop.hpp"

#include <cstddef>
#include <memory>
#include <string>

namespace llf::net {

/// Owns running tasks, so that none is ever without somebody who can cancel it and wait for its
/// end. Every coroutine of llf runs in one. It must be empty (joined) when it is destroyed. An
/// exception that leaves a task is a bug of ours: it is logged and the program stops.
class TaskGroup {
 public:
  /// `name` appears in the log when a task breaks that rule.
  TaskGroup(Loop& loop, std::string name);
  TaskGroup(Executor executor, std::string name);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;
  ~TaskGroup();

  /// Starts `task` on a later turn of the loop, never inside this call. In a group that was
  /// cancelled it starts too, and finds itself cancelled at its first wait.
  void spawn(Task<void> task);

  /// Asks every task, and every one spawned later, to end: the wait that it sits in and all that
  /// it begins fail with `cancelled`. Returns at once; also from one of the tasks.
  void cancel();

  /// Waits until the group is empty. When the waiting task is itself cancelled, it cancels the
  /// group and still waits, so that nothing outlives it. Not from one of the group's own tasks.
  [[nodiscard]] Task<void> join();

  /// Tasks that have not ended.
  [[nodiscard]] std::size_t size() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace llf::net
