#pragma once

#include "worker/worker_fsm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace llf::worker {

/// A machine with a manual clock that notes what it was told to do.
struct TestFsmBench {
  WorkerFsm fsm{WorkerPolicy{}};
  MonoTime now;
  std::map<WaiterId, Outcome> answers;
  std::vector<action::Signal> signals;
  std::size_t spawns = 0;
  std::size_t checks = 0;

  void apply(const Actions& actions) {
    for (const auto& each : actions) {
      if (std::holds_alternative<action::Spawn>(each)) ++spawns;
      if (std::holds_alternative<action::CheckHealth>(each)) ++checks;
      if (const auto* sent = std::get_if<action::SendSignal>(&each))
        signals.push_back(sent->signal);
      if (const auto* answer = std::get_if<action::Answer>(&each)) {
        EXPECT_TRUE(answers.emplace(answer->waiter, answer->outcome).second) << "answered twice";
      }
    }
  }

  void wait(WaiterId id) { apply(fsm.wait(id, now)); }
  void stop() { apply(fsm.stop(now)); }
  void exit() { apply(fsm.exited(fsm.generation(), now)); }
  void line() { apply(fsm.ready_line(fsm.generation())); }
  void health(WorkerFsm::Health result) { apply(fsm.health(fsm.generation(), result, now)); }
  void become_ready() {
    line();
    health(WorkerFsm::Health::ok);
  }

  /// Lets time pass, with every tick that falls due on the way.
  void pass(Duration duration) {
    const auto end = now + duration;
    while (fsm.deadline() && *fsm.deadline() <= end) {
      now = std::max(now, *fsm.deadline());
      apply(fsm.tick(now));
    }
    now = end;
  }

  void expect(WorkerState state) const { EXPECT_EQ(to_string(fsm.state()), to_string(state)); }
};

}  // namespace llf::worker
