#pragma once

#include "base/clock.hpp"
#include "base/limits.hpp"

#include <cstddef>
#include <deque>
#include <optional>

namespace llf::worker {

/// The times and counts by which FailureHistory decides.
struct RestartPolicy {
  Duration backoff_first = limits::kBackoffFirst;
  Duration backoff_max = limits::kBackoffMax;
  Duration stable_after = limits::kStableAfter;  ///< ready for so long: the pauses begin anew
  std::size_t circuit_failures = limits::kCircuitCrashes;  ///< so many within circuit_window: open
  Duration circuit_window = limits::kCircuitWindow;
  Duration circuit_cooldown = limits::kCircuitCooldown;  ///< then one more try (half-open)
};

/// Knows how often an engine failed, and so when the next start is due: after pauses of 1, 2, 4 …
/// 60 s, and not at all for a while once it failed too often (the circuit is open). Pure; times
/// never go back.
class FailureHistory {
 public:
  explicit FailureHistory(const RestartPolicy& policy) : policy_(policy) {}

  /// The engine answers requests.
  void became_ready(MonoTime now) { ready_since_ = now; }
  /// It was ended on purpose.
  void ended() { ready_since_.reset(); }
  void failed(MonoTime now);
  /// Somebody repaired the cause: nothing is held against it any more.
  void forget();

  /// Failures since it was last ready for a while.
  [[nodiscard]] std::size_t in_a_row() const { return in_a_row_; }
  /// When the pause after the last failure ends; in the past without one.
  [[nodiscard]] MonoTime not_before() const { return not_before_; }
  /// Until when starts are refused; nothing: they are not.
  [[nodiscard]] std::optional<MonoTime> open_until(MonoTime now) const;

 private:
  [[nodiscard]] Duration pause() const;

  RestartPolicy policy_;
  std::optional<MonoTime> ready_since_;
  std::size_t in_a_row_ = 0;
  MonoTime not_before_;
  std::deque<MonoTime> failures_;  ///< within the window
  std::optional<MonoTime> open_until_;
};

}  // namespace llf::worker
