#include "remote/health.hpp"

#include "base/limits.hpp"

#include <algorithm>

namespace llf::remote {

Health::State Health::state(MonoTime now) const {
  if (!may_try(now)) return State::paused;
  return failures_ > 0 ? State::trying : State::good;
}

std::optional<MonoTime> Health::paused_until(MonoTime now) const {
  return may_try(now) ? std::nullopt : std::optional(until_);
}

void Health::begin(MonoTime now) {
  is_trying_ = state(now) == State::trying;
}

void Health::served() {
  failures_ = 0;
  until_ = MonoTime::min();
  is_trying_ = false;
}

void Health::failed(MonoTime now) {
  constexpr int kMostDoublings = 16;
  const auto pause =
      std::min<Duration>(limits::kEndpointPause * (1 << std::min(failures_, kMostDoublings)),
                         limits::kEndpointPauseMost);
  ++failures_;
  is_trying_ = false;
  until_ = std::max(until_, now + pause);
}

void Health::busy(MonoTime now, Duration wait) {
  is_trying_ = false;
  until_ = std::max(until_, now + std::min<Duration>(wait, limits::kEndpointBusyMost));
}

}  // namespace llf::remote
