#pragma once

#include "base/clock.hpp"

#include <optional>
#include <string_view>

namespace llf::os {

/// Tells the service manager that started this process what it does, as sd_notify(3): "READY=1",
/// "STOPPING=1", "WATCHDOG=1", "STATUS=…". Nothing where none wants to know (NOTIFY_SOCKET). One
/// system call. Any thread.
void notify_service_manager(std::string_view state);

/// How often it wants "WATCHDOG=1" at least; nothing where it does not (WATCHDOG_USEC,
/// WATCHDOG_PID). Pure but for the environment.
[[nodiscard]] std::optional<Duration> watchdog_interval();

}  // namespace llf::os
