#pragma once

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "worker/failure_history.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace llf::worker {

/// What a worker is doing, as people see it.
enum class WorkerState : std::uint8_t {
  stopped,   ///< no process, and nobody wants one
  starting,  ///< a process loads the model
  ready,     ///< it answers requests
  stopping,  ///< it was told to end and has not yet
  backoff,   ///< it failed; a new one starts after a pause
  failed,    ///< it failed; a new one starts when asked for, unless it fails all the time
};

/// "starting": as the control API writes it.
[[nodiscard]] std::string_view to_string(WorkerState state);

/// The times and counts by which WorkerFsm decides.
struct WorkerPolicy {
  Duration load_limit = limits::kLoadTimeout;          ///< from spawn to ready
  Duration line_grace = limits::kReadyLineGrace;       ///< then /health is polled, line or not
  Duration health_interval = limits::kHealthInterval;  ///< between two polls
  Duration term_limit = limits::kTermLimit;            ///< from SIGTERM to SIGKILL
  Duration kill_limit = limits::kKillLimit;  ///< from SIGKILL until waiters are told it is stuck
  RestartPolicy restart;
};

/// One process of a worker: the first is 1. Events about an earlier one are ignored.
using Generation = std::uint64_t;
/// Somebody who waits until the worker is ready.
using WaiterId = std::uint64_t;

/// What a waiter is told.
enum class Outcome : std::uint8_t {
  ready,
  spawn_failed,    ///< the program could not be started
  load_failed,     ///< the process ended before it was ready
  load_timed_out,  ///< load_limit passed
  stopped,         ///< somebody stopped the worker meanwhile
  circuit_open,    ///< it failed too often: not tried again for a while
  stuck,           ///< the old process cannot even be killed
};

/// What is to be done; carried out in order.
namespace action {
struct Spawn {
  Generation generation;
};
struct CheckHealth {
  Generation generation;
};
enum class Signal : std::uint8_t { term, kill };
struct SendSignal {
  Generation generation;
  Signal signal;
};
struct Answer {
  WaiterId waiter;
  Outcome outcome;
};
}  // namespace action

using Action = std::variant<action::Spawn, action::CheckHealth, action::SendSignal, action::Answer>;
using Actions = std::vector<Action>;

/// Decides about one worker: events in, actions out; no I/O, no clock of its own. Every event takes
/// the time `now`, which never goes back. It holds:
/// - there is never more than one process (Spawn comes only after the end of the one before);
/// - every waiter gets exactly one Answer, unless it leaves;
/// - ready is answered only after a health check of the present process succeeded;
/// - SIGKILL follows when SIGTERM was ignored for term_limit, and comes first for one that hangs.
class WorkerFsm {
 public:
  explicit WorkerFsm(const WorkerPolicy& policy) : policy_(policy), failures_(policy.restart) {}

  /// Of later starts.
  void set_load_limit(Duration limit) { policy_.load_limit = limit; }

  /// Somebody needs the worker; `waiter` is a number not used before.
  [[nodiscard]] Actions wait(WaiterId waiter, MonoTime now);
  /// A waiter gave up: it gets no answer. Unknown numbers (answered already) are ignored.
  void leave(WaiterId waiter);
  /// The worker shall end (unload, shutdown). Later waits start it again.
  [[nodiscard]] Actions stop(MonoTime now);
  /// Forgets past failures: the next start is not held back. For people who fixed the cause.
  [[nodiscard]] Actions reset(MonoTime now);

  /// The Spawn of `generation` did not succeed; it may take a while to find that out.
  [[nodiscard]] Actions spawn_failed(Generation generation, MonoTime now);
  /// The engine's log says that it is ready: worth a health check.
  [[nodiscard]] Actions ready_line(Generation generation);
  /// The result of CheckHealth.
  enum class Health : std::uint8_t { ok, not_yet };
  [[nodiscard]] Actions health(Generation generation, Health health, MonoTime now);
  /// The process makes no progress any more (liveness.hpp): it is to be replaced. It is killed
  /// at once: llama-server does not end on SIGTERM while a request is open, and some are.
  [[nodiscard]] Actions stalled(Generation generation, MonoTime now);
  /// The process has ended and is reaped.
  [[nodiscard]] Actions exited(Generation generation, MonoTime now);

  /// When tick is to be called next; nothing: not before another event. May be in the past.
  [[nodiscard]] std::optional<MonoTime> deadline() const;
  /// Time has passed. Harmless when called early.
  [[nodiscard]] Actions tick(MonoTime now);

  [[nodiscard]] WorkerState state() const { return state_; }
  /// The present process, or the last one; 0 before the first.
  [[nodiscard]] Generation generation() const { return generation_; }
  [[nodiscard]] bool has_process() const {
    return state_ == WorkerState::starting || state_ == WorkerState::ready ||
           state_ == WorkerState::stopping;
  }
  [[nodiscard]] std::size_t waiting() const { return waiters_.size(); }
  /// Past failures: why it does not start now.
  [[nodiscard]] const FailureHistory& failures() const { return failures_; }

 private:
  void start(MonoTime now, Actions& actions);
  void begin_stopping(WorkerState resting, action::Signal signal, MonoTime now, Actions& actions);
  void kill_now(MonoTime now, Actions& actions);
  void answer_all(Outcome outcome, Actions& actions);
  void settle(WorkerState resting, MonoTime now, Actions& actions);
  [[nodiscard]] bool may_start(MonoTime now) const;
  [[nodiscard]] bool is_present(Generation generation) const;

  WorkerPolicy policy_;
  WorkerState state_ = WorkerState::stopped;
  Generation generation_ = 0;
  std::vector<WaiterId> waiters_;

  // starting
  MonoTime load_deadline_;
  std::optional<MonoTime> next_poll_;
  enum class Check : std::uint8_t { none, running, running_and_line_came } check_ = Check::none;

  // stopping
  WorkerState resting_ = WorkerState::stopped;  ///< when nobody wants it after the end
  std::optional<MonoTime> kill_at_;
  std::optional<MonoTime> stuck_at_;

  // It was ready once and nobody stopped it since: it restarts by itself.
  bool keep_loaded_ = false;

  FailureHistory failures_;
};

}  // namespace llf::worker
