#include "worker/worker_fsm.hpp"

#include "base/assert.hpp"

#include <algorithm>
#include <utility>

namespace llf::worker {

std::string_view to_string(WorkerState state) {
  switch (state) {
    case WorkerState::stopped:
      return "stopped";
    case WorkerState::starting:
      return "starting";
    case WorkerState::ready:
      return "ready";
    case WorkerState::stopping:
      return "stopping";
    case WorkerState::backoff:
      return "backoff";
    case WorkerState::failed:
      break;
  }
  return "failed";
}

Actions WorkerFsm::wait(WaiterId waiter, MonoTime now) {
  Actions actions;
  const bool stuck = state_ == WorkerState::stopping && !kill_at_ && !stuck_at_;
  if (state_ == WorkerState::ready) {
    actions.emplace_back(action::Answer{.waiter = waiter, .outcome = Outcome::ready});
  } else if (stuck) {
    actions.emplace_back(action::Answer{.waiter = waiter, .outcome = Outcome::stuck});
  } else {
    waiters_.push_back(waiter);
    if (!has_process()) settle(WorkerState::failed, now, actions);
  }
  return actions;
}

void WorkerFsm::leave(WaiterId waiter) {
  std::erase(waiters_, waiter);
}

Actions WorkerFsm::stop(MonoTime now) {
  Actions actions;
  keep_loaded_ = false;
  answer_all(Outcome::stopped, actions);
  if (state_ == WorkerState::stopping) {
    resting_ = WorkerState::stopped;
  } else if (has_process()) {
    begin_stopping(WorkerState::stopped, action::Signal::term, now, actions);
  } else {
    state_ = WorkerState::stopped;
  }
  return actions;
}

Actions WorkerFsm::reset(MonoTime now) {
  failures_.forget();
  Actions actions;
  if (state_ == WorkerState::backoff) settle(WorkerState::stopped, now, actions);
  return actions;
}

Actions WorkerFsm::spawn_failed(Generation generation, MonoTime now) {
  Actions actions;
  if (!is_present(generation)) return actions;
  if (state_ == WorkerState::stopping) return exited(generation, now);
  failures_.failed(now);
  answer_all(Outcome::spawn_failed, actions);
  settle(WorkerState::failed, now, actions);
  return actions;
}

Actions WorkerFsm::ready_line(Generation generation) {
  Actions actions;
  if (!is_present(generation) || state_ != WorkerState::starting) return actions;
  if (check_ != Check::none) {
    check_ = Check::running_and_line_came;
    return actions;
  }
  check_ = Check::running;
  next_poll_.reset();
  actions.emplace_back(action::CheckHealth{generation_});
  return actions;
}

Actions WorkerFsm::health(Generation generation, Health health, MonoTime now) {
  Actions actions;
  if (!is_present(generation) || state_ != WorkerState::starting) return actions;
  const bool line_came = check_ == Check::running_and_line_came;
  check_ = Check::none;
  if (health == Health::not_yet) {
    next_poll_ = line_came ? now : now + policy_.health_interval;
    return actions;
  }
  state_ = WorkerState::ready;
  failures_.became_ready(now);
  keep_loaded_ = true;
  answer_all(Outcome::ready, actions);
  return actions;
}

Actions WorkerFsm::stalled(Generation generation, MonoTime now) {
  Actions actions;
  if (is_present(generation) && state_ == WorkerState::ready) {
    failures_.failed(now);
    begin_stopping(WorkerState::failed, action::Signal::kill, now, actions);
  }
  return actions;
}

Actions WorkerFsm::exited(Generation generation, MonoTime now) {
  Actions actions;
  if (!is_present(generation)) return actions;
  auto resting = WorkerState::failed;
  if (state_ == WorkerState::stopping) {
    resting = resting_;  // a failure that led here was counted when it happened
  } else {
    failures_.failed(now);
    if (state_ == WorkerState::starting) answer_all(Outcome::load_failed, actions);
  }
  settle(resting, now, actions);
  return actions;
}

std::optional<MonoTime> WorkerFsm::deadline() const {
  switch (state_) {
    case WorkerState::starting:
      return next_poll_ ? std::min(*next_poll_, load_deadline_) : load_deadline_;
    case WorkerState::stopping:
      return kill_at_ ? kill_at_ : stuck_at_;
    case WorkerState::backoff:
      return failures_.not_before();
    case WorkerState::stopped:
    case WorkerState::ready:
    case WorkerState::failed:
      break;
  }
  return std::nullopt;
}

Actions WorkerFsm::tick(MonoTime now) {
  Actions actions;
  const auto next = deadline();
  if (!next || now < *next) return actions;
  if (state_ == WorkerState::backoff) {
    settle(WorkerState::failed, now, actions);
  } else if (state_ == WorkerState::starting) {
    if (now >= load_deadline_) {
      failures_.failed(now);
      answer_all(Outcome::load_timed_out, actions);
      begin_stopping(WorkerState::failed, action::Signal::term, now, actions);
    } else {
      next_poll_.reset();
      check_ = Check::running;
      actions.emplace_back(action::CheckHealth{generation_});
    }
  } else if (kill_at_) {
    kill_now(now, actions);
  } else {
    stuck_at_.reset();
    answer_all(Outcome::stuck, actions);
  }
  return actions;
}

void WorkerFsm::start(MonoTime now, Actions& actions) {
  LLF_ASSERT(!has_process());
  state_ = WorkerState::starting;
  ++generation_;
  load_deadline_ = now + policy_.load_limit;
  next_poll_ = now + policy_.line_grace;
  check_ = Check::none;
  actions.emplace_back(action::Spawn{generation_});
}

void WorkerFsm::begin_stopping(WorkerState resting, action::Signal signal, MonoTime now,
                               Actions& actions) {
  state_ = WorkerState::stopping;
  resting_ = resting;
  failures_.ended();
  if (signal == action::Signal::kill) {
    kill_now(now, actions);
    return;
  }
  kill_at_ = now + policy_.term_limit;
  stuck_at_.reset();
  actions.emplace_back(action::SendSignal{.generation = generation_, .signal = signal});
}

void WorkerFsm::kill_now(MonoTime now, Actions& actions) {
  kill_at_.reset();
  stuck_at_ = now + policy_.kill_limit;
  actions.emplace_back(
      action::SendSignal{.generation = generation_, .signal = action::Signal::kill});
}

void WorkerFsm::answer_all(Outcome outcome, Actions& actions) {
  for (const auto waiter : std::exchange(waiters_, {})) {
    actions.emplace_back(action::Answer{.waiter = waiter, .outcome = outcome});
  }
}

// There is no process now: start one, pause, or rest.
void WorkerFsm::settle(WorkerState resting, MonoTime now, Actions& actions) {
  kill_at_.reset();
  stuck_at_.reset();
  state_ = resting;
  if (waiters_.empty() && !keep_loaded_) return;
  if (failures_.open_until(now)) {
    state_ = WorkerState::failed;
    keep_loaded_ = false;
    answer_all(Outcome::circuit_open, actions);
  } else if (may_start(now)) {
    start(now, actions);
  } else {
    state_ = WorkerState::backoff;
  }
}

// A request does not wait for the pause after a first failure: it may well be the one whose replay
// hides that failure.
bool WorkerFsm::may_start(MonoTime now) const {
  const auto count = failures_.in_a_row();
  return count == 0 || now >= failures_.not_before() || (count == 1 && !waiters_.empty());
}

bool WorkerFsm::is_present(Generation generation) const {
  return generation == generation_ && has_process();
}

}  // namespace llf::worker
