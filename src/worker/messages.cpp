#include "worker/messages.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <csignal>
#include <string_view>

namespace llf::worker {
namespace {

std::int64_t seconds_up(Duration duration) {
  return std::chrono::ceil<std::chrono::seconds>(duration).count();
}

std::string last_lines(std::span<const std::string> lines) {
  if (lines.empty()) return "; it printed nothing";
  return fmt::format("; its last lines:\n  {}", fmt::join(lines, "\n  "));
}

// The kernel kills like this when memory is short; we ourselves would have said so.
std::string_view hint(const os::ExitStatus& status) {
  const bool killed = status.cause == os::ExitStatus::Cause::signaled && status.value == SIGKILL;
  return killed ? ", by another process or by the system for lack of memory" : "";
}

}  // namespace

Error process_ended(const std::string& model, Phase phase, const os::ExitStatus& status,
                    std::span<const std::string> lines) {
  const auto how = fmt::format("{}{}", os::to_string(status), hint(status));
  if (phase == Phase::loading) {
    return {.kind = ErrorKind::upstream,
            .message = fmt::format("loading {} failed: the engine ended with {}{}", model, how,
                                   last_lines(lines))};
  }
  return {.kind = ErrorKind::upstream,
          .message = fmt::format("the engine of {} ended with {}", model, how)};
}

Error out_of_memory(const std::string& model, Phase phase) {
  const auto what = phase == Phase::loading ? fmt::format("loading {}", model)
                                            : fmt::format("the engine of {}", model);
  return {.kind = ErrorKind::too_large,
          .message = fmt::format("{} took more memory than this machine has, and was ended by the "
                                 "system: use a smaller context (engine.context, engine.slots), a "
                                 "smaller quantisation, or a simpler request",
                                 what)};
}

Error load_timed_out(const std::string& model, Duration limit, std::span<const std::string> lines) {
  return {.kind = ErrorKind::timeout,
          .message = fmt::format("loading {} took longer than {} s: allow more with "
                                 "engine.load_timeout (seconds) of the settings, or take a smaller "
                                 "model{}",
                                 model, seconds_up(limit), last_lines(lines))};
}

Error stalled(const std::string& model, Duration silence) {
  return {.kind = ErrorKind::timeout,
          .message = fmt::format("the engine of {} made no progress for {} s and was ended", model,
                                 seconds_up(silence))};
}

Error stopped_meanwhile(const std::string& model) {
  return {.kind = ErrorKind::unavailable,
          .message = fmt::format("{} was unloaded before it was ready", model)};
}

Error unloaded(const std::string& model) {
  return {.kind = ErrorKind::conflict,
          .message = fmt::format("{} was unloaded while it answered", model)};
}

Error not_watched(const std::string& model) {
  return {.kind = ErrorKind::unavailable,
          .message = fmt::format("the engine of {} could not be watched and was ended; `llf server "
                                 "logs` may say why",
                                 model)};
}

Error circuit_open(const std::string& model, Duration left, const std::string& last) {
  return {.kind = ErrorKind::unavailable,
          .message = fmt::format("{} failed too often and is not tried again for {} s: {}", model,
                                 seconds_up(left), last)};
}

Error cannot_be_killed(const std::string& model, pid_t pid) {
  return {.kind = ErrorKind::unavailable,
          .message = fmt::format("the old engine of {} (process {}) does not end, though it was "
                                 "killed: it hangs in the system, perhaps on a disk or a GPU",
                                 model, pid)};
}

}  // namespace llf::worker
