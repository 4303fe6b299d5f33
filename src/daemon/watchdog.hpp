#pragma once

#include "base/task.hpp"

namespace llf::daemon {

/// Tells a service manager that wants it that the loop turns, until cancelled. Loop thread.
[[nodiscard]] Task<void> keep_watchdog_quiet();

}  // namespace llf::daemon
