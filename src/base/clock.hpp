#pragma once

#include <chrono>
#include <cstdint>

namespace llf {

using MonoTime = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// The one place that reads the monotonic clock. Pure code takes a MonoTime as an argument instead.
/// Any thread.
[[nodiscard]] MonoTime mono_now();

/// Seconds since 1970 in UTC, for what people and protocols read (`created`); never for durations.
/// Any thread.
[[nodiscard]] std::int64_t unix_now();

/// The same in milliseconds.
[[nodiscard]] std::int64_t unix_now_ms();

}  // namespace llf
