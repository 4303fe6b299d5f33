#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <optional>

namespace llf::remote {

/// Whether a server elsewhere is asked: after a failure it is left alone for a while, which doubles
/// with each further one; then one request tries whether it is back. Pure; times are given.
class Health {
 public:
  enum class State : std::uint8_t { good, paused, trying };

  [[nodiscard]] State state(MonoTime now) const;

  /// Whether it may get a request.
  [[nodiscard]] bool is_open(MonoTime now) const { return may_try(now) && !is_trying_; }

  /// When the pause is over; nothing when there is none.
  [[nodiscard]] std::optional<MonoTime> paused_until(MonoTime now) const;

  /// It gets a request; `is_open`.
  void begin(MonoTime now);
  /// It answered, whatever it said.
  void served();
  /// It could not be reached, or broke, or said that something is wrong with it.
  void failed(MonoTime now);
  /// It wants no request before so long.
  void busy(MonoTime now, Duration wait);
  /// Nothing is known of how that request ended: its client left.
  void left() { is_trying_ = false; }

 private:
  [[nodiscard]] bool may_try(MonoTime now) const { return now >= until_; }

  int failures_ = 0;  ///< since it answered
  MonoTime until_ = MonoTime::min();
  bool is_trying_ = false;  ///< one request tries whether it is back
};

}  // namespace llf::remote
