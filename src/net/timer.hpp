#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/task.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace llf::net {

/// A duration that never ends: no deadline.
inline constexpr Duration kNoLimit = Duration::max();

/// Waits for `duration` (at least; zero and less only give others a turn). Errors: cancelled.
[[nodiscard]] Task<Expected<void>> sleep_for(Duration duration);

namespace detail {

template <class T>
using Stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class T>
Task<void> store(Task<T> task, std::optional<Stored<T>>& out) {
  if constexpr (std::is_void_v<T>) {
    co_await std::move(task);
    out.emplace();
  } else {
    out.emplace(co_await std::move(task));
  }
}

enum class DeadlineEnd : std::uint8_t { finished, timed_out };

Task<DeadlineEnd> run_with_deadline(Task<void> task, Duration limit);
Task<std::size_t> run_race(Task<void> first, Task<void> second);
Error deadline_error(std::string what, Duration limit);

}  // namespace detail

/// Runs `task`; when it has not ended after `limit` it is cancelled, and once it has ended the
/// result is a `timeout` error "WHAT: no answer within 5 s", unless it succeeded in spite of that.
/// Cancelling the caller cancels the task. The one deadline helper of llf.
template <class T>
[[nodiscard]] Task<Expected<T>> with_deadline(Task<Expected<T>> task, Duration limit,
                                              std::string what) {
  std::optional<Expected<T>> result;
  const auto end =
      co_await detail::run_with_deadline(detail::store(std::move(task), result), limit);
  if (end == detail::DeadlineEnd::timed_out && !*result) {
    co_return failure(detail::deadline_error(std::move(what), limit));
  }
  co_return std::move(*result);
}

/// What both tasks of a race came to; the loser's result is usually `cancelled`.
template <class A, class B>
struct Race {
  std::size_t winner = 0;  ///< 0: the first task ended first; 1: the second
  detail::Stored<A> first;
  detail::Stored<B> second;
};

/// Runs both tasks; when one ends the other is cancelled, and when both have ended it returns.
/// Cancelling the caller cancels both.
template <class A, class B>
[[nodiscard]] Task<Race<A, B>> race(Task<A> first, Task<B> second) {
  std::optional<detail::Stored<A>> a;
  std::optional<detail::Stored<B>> b;
  const auto winner = co_await detail::run_race(detail::store(std::move(first), a),
                                                detail::store(std::move(second), b));
  co_return Race<A, B>{.winner = winner, .first = std::move(*a), .second = std::move(*b)};
}

}  // namespace llf::net
