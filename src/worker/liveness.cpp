#include "worker/liveness.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace llf::worker {

void Liveness::bytes_seen() {
  answer_began_ = true;
  silence_ = Duration::zero();
}

Liveness::Verdict Liveness::look(std::chrono::nanoseconds cpu_time, MonoTime now) {
  const auto passed = now - looked_at_;
  looked_at_ = now;
  const auto used = cpu_time - cpu_time_;
  const bool works =
      looked_before_ && used > Duration::zero() && used >= passed / limits::kWorkShare;
  cpu_time_ = cpu_time;
  looked_before_ = true;
  if (works && !answer_began_) {
    silence_ = Duration::zero();
    return Verdict::alive;
  }
  silence_ += std::min<Duration>(passed, policy_.interval * 2);
  return silence_ >= policy_.silence_limit ? Verdict::stalled : Verdict::alive;
}

}  // namespace llf::worker
