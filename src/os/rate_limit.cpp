#include "os/rate_limit.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <chrono>

namespace llf::os {

void RateLimit::set(std::uint64_t bytes_per_s) {
  const std::scoped_lock lock(mutex_);
  if (rate_ == 0) {
    credit_ = 0;
    credited_ = {};
  }
  rate_ = bytes_per_s;
}

bool RateLimit::is_set() const {
  const std::scoped_lock lock(mutex_);
  return rate_ > 0;
}

bool RateLimit::take(std::uint64_t bytes, MonoTime now) {
  const std::scoped_lock lock(mutex_);
  if (rate_ == 0) return true;
  const auto rate = static_cast<double>(rate_);
  const auto seconds = [](Duration time) { return std::chrono::duration<double>(time).count(); };
  if (credited_ != MonoTime{}) credit_ += seconds(now - credited_) * rate;
  credit_ = std::min(credit_, seconds(limits::kSpeedCredit) * rate);
  credited_ = now;
  if (credit_ < 0) return false;
  credit_ -= static_cast<double>(bytes);
  return true;
}

}  // namespace llf::os
