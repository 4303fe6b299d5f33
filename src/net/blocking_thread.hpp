#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/event.hpp"
#include "net/loop.hpp"

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <type_traits>
#include <utility>

namespace boost::asio {
class thread_pool;
}

namespace llf::net {

/// One thread beside the loop for what blocks for longer than a loop may: reading large files.
/// Works are done one after the other, in the order of the calls. The thread is made for the first
/// one. Loop thread; the loop outlives it.
class BlockingThread {
 public:
  explicit BlockingThread(Loop& loop);
  BlockingThread(const BlockingThread&) = delete;
  BlockingThread& operator=(const BlockingThread&) = delete;
  /// Waits for the work that is being done, which is told to stop; what has not begun is never
  /// done.
  ~BlockingThread();

  /// What `work`, called on that thread, returns: an Expected. It must own what it uses, and may
  /// be called after the wait for it was cancelled. Errors: its own; cancelled; unavailable (there
  /// are no threads to be had).
  template <class Work>
    requires std::convertible_to<Error, typename std::invoke_result_t<Work>::error_type>
  [[nodiscard]] Task<std::invoke_result_t<Work>> run(Work work) {
    const auto state = std::make_shared<State<std::invoke_result_t<Work>>>();
    auto begun = push([state, work = std::move(work), this]() mutable {
      state->result.emplace(work());
      // Moved, so that its last owner is on the loop.
      loop_.post([state = std::move(state)] { state->done.set(); });
    });
    if (!begun) co_return failure(begun.error());
    if (auto waited = co_await state->done.wait(); !waited) co_return failure(waited.error());
    co_return *std::move(state->result);
  }

  /// The same of a work that takes a stop token: one that nobody waits for any more is told to
  /// stop, so that it does not keep the next from its turn.
  template <class Work>
    requires std::invocable<Work, const std::stop_token&>
  [[nodiscard]] Task<std::invoke_result_t<Work, const std::stop_token&>> run(Work work) {
    struct Left {
      std::stop_source source;
      ~Left() { source.request_stop(); }
    } left;
    const std::stop_callback ends(end_.get_token(), [&left] { left.source.request_stop(); });
    co_return co_await run(
        [work = std::move(work), stop = left.source.get_token()]() mutable { return work(stop); });
  }

 private:
  template <class Result>
  struct State {
    std::optional<Result> result;  ///< of the other thread until `done`
    Event done;
  };

  [[nodiscard]] Expected<void> push(std::move_only_function<void()> work);

  Loop& loop_;
  std::stop_source end_;
  std::unique_ptr<boost::asio::thread_pool> pool_;  ///< none before the first work
};

}  // namespace llf::net
