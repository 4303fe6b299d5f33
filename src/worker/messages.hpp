#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "os/child_process.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

/// What people are told when a worker fails: what happened, why, and what they can do. Pure.
namespace llf::worker {

/// When a process ended.
enum class Phase : std::uint8_t { loading, serving };

/// The error for a process that ended though nobody wanted it to; `lines` are its last ones.
[[nodiscard]] Error process_ended(const std::string& model, Phase phase,
                                  const os::ExitStatus& status, std::span<const std::string> lines);

/// The error for a process that the kernel ended for lack of memory (F09): what it did takes as
/// much the next time (`too_large`).
[[nodiscard]] Error out_of_memory(const std::string& model, Phase phase);

/// The error for a load that took longer than `limit`.
[[nodiscard]] Error load_timed_out(const std::string& model, Duration limit,
                                   std::span<const std::string> lines);

/// The error for an engine that made no progress with any request for `silence`.
[[nodiscard]] Error stalled(const std::string& model, Duration silence);

/// The error for who waited while somebody stopped the worker.
[[nodiscard]] Error stopped_meanwhile(const std::string& model);

/// The error for who was being answered when the model was unloaded: nobody is to load it again for
/// them (`conflict`).
[[nodiscard]] Error unloaded(const std::string& model);

/// The error for an engine whose end could not be waited for, so that it was ended.
[[nodiscard]] Error not_watched(const std::string& model);

/// The error while the circuit is open; `last` is the failure before.
[[nodiscard]] Error circuit_open(const std::string& model, Duration left, const std::string& last);

/// The error for a process that not even SIGKILL ended.
[[nodiscard]] Error cannot_be_killed(const std::string& model, pid_t pid);

}  // namespace llf::worker
