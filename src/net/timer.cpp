#include "net/timer.hpp"

#include "net/socket.hpp"
#include "net/suspension.hpp"
#include "net/task_group.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <utility>

namespace llf::net {

namespace asio = boost::asio;

namespace {

Task<void> wake_after(Task<void> task, std::size_t index, std::size_t& first, Suspension& parent) {
  co_await std::move(task);
  if (first == SIZE_MAX) first = index;
  parent.wake();
}

}  // namespace

Task<Expected<void>> sleep_for(Duration duration) {
  Suspension suspension;
  if (co_await suspension.wait(deadline_after(duration)) == Wake::cancelled) {
    co_return failure(ErrorKind::cancelled, "cancelled");
  }
  co_return Expected<void>();
}

namespace detail {

Task<DeadlineEnd> run_with_deadline(Task<void> task, Duration limit) {
  TaskGroup group(co_await asio::this_coro::executor, "with_deadline");
  std::size_t first = SIZE_MAX;
  Suspension done;
  group.spawn(wake_after(std::move(task), 0, first, done));
  const auto why = co_await done.wait(deadline_after(limit));
  group.cancel();
  co_await group.join();
  co_return why == Wake::timed_out ? DeadlineEnd::timed_out : DeadlineEnd::finished;
}

Task<std::size_t> run_race(Task<void> first_task, Task<void> second_task) {
  TaskGroup group(co_await asio::this_coro::executor, "race");
  std::size_t first = SIZE_MAX;
  Suspension done;
  group.spawn(wake_after(std::move(first_task), 0, first, done));
  group.spawn(wake_after(std::move(second_task), 1, first, done));
  static_cast<void>(co_await done.wait());
  group.cancel();
  co_await group.join();
  co_return first;
}

Error deadline_error(std::string what, Duration limit) {
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  return {.kind = ErrorKind::timeout,
          .message = ms % 1000 == 0 ? fmt::format("{}: no answer within {} s", what, ms / 1000)
                                    : fmt::format("{}: no answer within {} ms", what, ms)};
}

}  // namespace detail

}  // namespace llf::net
