#include "worker/failure_history.hpp"

#include <algorithm>

namespace llf::worker {

void FailureHistory::failed(MonoTime now) {
  if (ready_since_ && now - *ready_since_ >= policy_.stable_after) in_a_row_ = 0;
  ready_since_.reset();
  ++in_a_row_;
  not_before_ = now + pause();
  failures_.push_back(now);
  while (now - failures_.front() > policy_.circuit_window) failures_.pop_front();
  if (failures_.size() >= policy_.circuit_failures) open_until_ = now + policy_.circuit_cooldown;
}

void FailureHistory::forget() {
  in_a_row_ = 0;
  not_before_ = MonoTime();
  failures_.clear();
  open_until_.reset();
}

std::optional<MonoTime> FailureHistory::open_until(MonoTime now) const {
  return open_until_ && now < *open_until_ ? open_until_ : std::nullopt;
}

Duration FailureHistory::pause() const {
  auto pause = policy_.backoff_first;
  for (std::size_t i = 1; i < in_a_row_ && pause < policy_.backoff_max; ++i) pause *= 2;
  return std::min(pause, policy_.backoff_max);
}

}  // namespace llf::worker
