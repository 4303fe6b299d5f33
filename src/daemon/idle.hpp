#pragma once

#include "base/clock.hpp"

#include <cstddef>

namespace llf::daemon {

/// What decides whether a daemon that was started on demand may end.
struct Idleness {
  MonoTime now;
  MonoTime last_active;    ///< when the last request that counts ended
  std::size_t active = 0;  ///< requests that count and run now
  Duration limit{};        ///< of idleness
};

/// How long to wait until the next look; zero or less: end now. Pure.
[[nodiscard]] Duration time_until_idle_exit(const Idleness& idleness);

}  // namespace llf::daemon
