#pragma once

#include "base/clock.hpp"
#include "base/limits.hpp"

#include <chrono>
#include <cstdint>

namespace llf::worker {

/// When the engine counts as stalled.
struct LivenessPolicy {
  Duration silence_limit = limits::kStallTimeout;
  /// How often `look` is meant to be called, a CPU sample with it.
  Duration interval = limits::kLivenessInterval;
};

/// Judges one request: does the engine still work on it? Not by /health, which a wedged engine
/// answers (finding 5), but by progress: bytes of the answer, and until the first of them also CPU
/// time, since reading a long prompt takes minutes of silent work (F05). After the first byte only
/// bytes count (F03, F04). Pure.
class Liveness {
 public:
  enum class Verdict : std::uint8_t { alive, stalled };

  Liveness(const LivenessPolicy& policy, MonoTime now) : policy_(policy), looked_at_(now) {}

  /// Bytes of the answer came.
  void bytes_seen();

  [[nodiscard]] bool answer_began() const { return answer_began_; }

  /// Regular look, with the CPU time that the engine's process has used in all. A look that comes
  /// late (we were stopped, or the machine slept) counts as one interval of silence only: nobody is
  /// blamed for our own sleep (F18).
  [[nodiscard]] Verdict look(std::chrono::nanoseconds cpu_time, MonoTime now);

 private:
  LivenessPolicy policy_;
  MonoTime looked_at_;
  Duration silence_{};
  bool answer_began_ = false;
  bool looked_before_ = false;
  std::chrono::nanoseconds cpu_time_{};
};

}  // namespace llf::worker
