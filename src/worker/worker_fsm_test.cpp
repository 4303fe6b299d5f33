#include "worker/worker_fsm.hpp"

#include "worker/test_fsm_bench.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <vector>

namespace llf::worker {
namespace {

using namespace std::chrono_literals;
using Health = WorkerFsm::Health;

using Bench = TestFsmBench;

TEST(WorkerFsm, a_wait_starts_it_and_is_answered_when_health_is_confirmed) {
  Bench bench;
  bench.wait(1);
  EXPECT_EQ(bench.spawns, 1U);
  bench.expect(WorkerState::starting);
  bench.line();
  EXPECT_EQ(bench.checks, 1U);
  EXPECT_TRUE(bench.answers.empty()) << "the line alone is not trusted";
  bench.health(Health::ok);
  bench.expect(WorkerState::ready);
  EXPECT_EQ(bench.answers[1], Outcome::ready);
}

// F14
TEST(WorkerFsm, two_waits_start_one_process_and_are_both_served) {
  Bench bench;
  bench.wait(1);
  bench.wait(2);
  bench.become_ready();
  EXPECT_EQ(bench.spawns, 1U);
  EXPECT_EQ(bench.answers, (std::map<WaiterId, Outcome>{{1, Outcome::ready}, {2, Outcome::ready}}));
  bench.wait(3);
  EXPECT_EQ(bench.answers[3], Outcome::ready) << "at once";
}

TEST(WorkerFsm, a_health_that_is_not_yet_good_is_asked_again_after_a_pause) {
  Bench bench;
  bench.wait(1);
  bench.line();
  bench.health(Health::not_yet);
  bench.pass(limits::kHealthInterval - 1ms);
  EXPECT_EQ(bench.checks, 1U);
  bench.pass(1ms);
  EXPECT_EQ(bench.checks, 2U);
}

TEST(WorkerFsm, without_a_line_health_is_polled_after_the_grace) {
  Bench bench;
  bench.wait(1);
  bench.pass(limits::kReadyLineGrace - 1ms);
  EXPECT_EQ(bench.checks, 0U);
  bench.pass(1ms);
  EXPECT_EQ(bench.checks, 1U);
  bench.pass(1h);
  EXPECT_EQ(bench.checks, 1U) << "one at a time";
}

TEST(WorkerFsm, a_line_that_comes_during_a_poll_is_not_forgotten) {
  Bench bench;
  bench.wait(1);
  bench.pass(limits::kReadyLineGrace);
  bench.line();
  EXPECT_EQ(bench.checks, 1U);
  bench.health(Health::not_yet);
  bench.pass(0ms);
  EXPECT_EQ(bench.checks, 2U) << "at once";
}

// F07
TEST(WorkerFsm, an_exit_during_load_fails_every_waiter_at_once_and_does_not_restart) {
  Bench bench;
  bench.wait(1);
  bench.wait(2);
  bench.exit();
  EXPECT_EQ(bench.answers[1], Outcome::load_failed);
  EXPECT_EQ(bench.answers[2], Outcome::load_failed);
  bench.expect(WorkerState::failed);
  bench.pass(1h);
  EXPECT_EQ(bench.spawns, 1U);
}

TEST(WorkerFsm, a_program_that_cannot_be_started_fails_the_waiters) {
  Bench bench;
  bench.wait(1);
  bench.apply(bench.fsm.spawn_failed(1, bench.now));
  EXPECT_EQ(bench.answers[1], Outcome::spawn_failed);
  bench.expect(WorkerState::failed);
}

TEST(WorkerFsm, a_load_past_its_limit_is_ended_and_its_waiters_told) {
  Bench bench;
  bench.wait(1);
  bench.line();
  bench.health(Health::not_yet);
  while (bench.answers.empty()) {
    bench.pass(limits::kHealthInterval);
    if (bench.fsm.state() == WorkerState::starting) bench.health(Health::not_yet);
    ASSERT_LE(bench.now.time_since_epoch(), limits::kLoadTimeout);
  }
  EXPECT_EQ(bench.now.time_since_epoch(), limits::kLoadTimeout);
  EXPECT_EQ(bench.answers[1], Outcome::load_timed_out);
  EXPECT_EQ(bench.signals, std::vector{action::Signal::term});
  bench.exit();
  bench.expect(WorkerState::failed);
  EXPECT_EQ(bench.fsm.failures().in_a_row(), 1U) << "counted once";
}

TEST(WorkerFsm, a_crash_restarts_it_after_one_two_four_seconds) {
  Bench bench;
  bench.wait(1);
  bench.become_ready();
  for (const auto pause : {1s, 2s, 4s}) {
    const auto spawns = bench.spawns;
    bench.exit();
    bench.expect(WorkerState::backoff);
    bench.pass(pause - 1ms);
    EXPECT_EQ(bench.spawns, spawns);
    bench.pass(1ms);
    EXPECT_EQ(bench.spawns, spawns + 1);
    bench.become_ready();
  }
}

// F01: the replay of the request that saw the crash does not wait.
TEST(WorkerFsm, a_wait_after_a_first_crash_starts_it_at_once) {
  Bench bench;
  bench.wait(1);
  bench.become_ready();
  bench.exit();
  bench.wait(2);
  EXPECT_EQ(bench.spawns, 2U);
  bench.become_ready();
  EXPECT_EQ(bench.answers[2], Outcome::ready);
}

TEST(WorkerFsm, a_wait_after_a_second_crash_waits_for_the_pause) {
  Bench bench;
  bench.wait(1);
  bench.become_ready();
  bench.exit();
  bench.wait(2);
  bench.become_ready();
  bench.exit();
  bench.wait(3);
  bench.expect(WorkerState::backoff);
  bench.pass(2s);
  bench.become_ready();
  EXPECT_EQ(bench.answers[3], Outcome::ready);
}

TEST(WorkerFsm, a_pause_that_nobody_needs_any_more_ends_in_rest) {
  Bench bench;
  bench.wait(1);
  bench.exit();
  bench.wait(2);
  bench.exit();
  bench.wait(3);
  bench.expect(WorkerState::backoff);
  bench.fsm.leave(3);
  bench.pass(1h);
  bench.expect(WorkerState::failed);
  EXPECT_EQ(bench.spawns, 2U);
  EXPECT_FALSE(bench.answers.contains(3));
}

// F08
TEST(WorkerFsm, the_fifth_failure_opens_the_circuit) {
  Bench bench;
  bench.wait(1);
  for (WaiterId id = 2; id <= 6; ++id) {
    bench.pass(16s);
    bench.expect(WorkerState::starting);
    bench.exit();
    bench.wait(id);
  }
  bench.expect(WorkerState::failed);
  EXPECT_EQ(bench.answers[6], Outcome::circuit_open);
  EXPECT_TRUE(bench.fsm.failures().open_until(bench.now));
  EXPECT_EQ(bench.spawns, 5U);
}

struct OpenCircuit : Bench {
  OpenCircuit() {
    for (WaiterId id = 1; id <= 5; ++id) {
      wait(id);
      pass(8s);
      exit();
    }
    expect(WorkerState::failed);
    EXPECT_EQ(spawns, 5U);
  }
};

TEST(WorkerFsm, an_open_circuit_refuses_at_once_until_its_cooldown) {
  OpenCircuit bench;
  bench.pass(limits::kCircuitCooldown - 1ms);
  bench.wait(10);
  EXPECT_EQ(bench.answers[10], Outcome::circuit_open);
  bench.pass(1ms);
  bench.wait(11);
  bench.expect(WorkerState::starting);
}

TEST(WorkerFsm, a_reset_closes_the_circuit) {
  OpenCircuit bench;
  bench.apply(bench.fsm.reset(bench.now));
  EXPECT_FALSE(bench.fsm.failures().open_until(bench.now));
  bench.wait(10);
  bench.expect(WorkerState::starting);
}

TEST(WorkerFsm, a_reset_ends_the_pause) {
  Bench bench;
  bench.wait(1);
  bench.become_ready();
  bench.exit();
  bench.expect(WorkerState::backoff);
  bench.apply(bench.fsm.reset(bench.now));
  bench.expect(WorkerState::starting);
}

TEST(WorkerFsm, a_ready_worker_whose_circuit_opens_stays_down_until_asked_for) {
  Bench bench;
  bench.wait(1);
  bench.become_ready();
  for (int i = 0; i < 4; ++i) {
    bench.exit();
    bench.pass(8s);
    bench.become_ready();
  }
  bench.exit();
  bench.expect(WorkerState::failed);
  bench.pass(24h);
  EXPECT_EQ(bench.spawns, 5U);
}

TEST(WorkerFsm, stop_ends_it_with_sigterm) {
  Bench bench;
  bench.wait(1);
  bench.become_ready();
  bench.stop();
  EXPECT_EQ(bench.signals, std::vector{action::Signal::term});
  bench.expect(WorkerState::stopping);
  bench.exit();
  bench.expect(WorkerState::stopped);
  bench.pass(24h);
  EXPECT_EQ(bench.spawns, 1U);
  EXPECT_EQ(bench.fsm.failures().in_a_row(), 0U) << "a wanted end is no failure";
}

// F06
TEST(WorkerFsm, an_ignored_sigterm_is_followed_by_sigkill) {
  Bench bench;
  bench.wait(1);
  bench.become_ready();
  bench.stop();
  bench.pass(limits::kTermLimit - 1ms);
  EXPECT_EQ(bench.signals.size(), 1U);
  bench.pass(1ms);
  EXPECT_EQ(bench.signals, (std::vector{action::Signal::term, action::Signal::kill}));
}

TEST(WorkerFsm, stop_while_starting_answers_the_waiters_and_ends_it) {
  Bench bench;
  bench.wait(1);
  bench.stop();
  EXPECT_EQ(bench.answers[1], Outcome::stopped);
  EXPECT_EQ(bench.signals, std::vector{action::Signal::term});
  bench.line();
  bench.health(Health::ok);
  bench.expect(WorkerState::stopping);
}

// F15
TEST(WorkerFsm, start_while_stopping_waits_then_starts) {
  Bench bench;
  bench.wait(1);
  bench.become_ready();
  bench.stop();
  bench.wait(2);
  EXPECT_EQ(bench.spawns, 1U) << "never two processes";
  bench.exit();
  EXPECT_EQ(bench.spawns, 2U);
  bench.become_ready();
  EXPECT_EQ(bench.answers[2], Outcome::ready);
}

TEST(WorkerFsm, a_second_stop_answers_those_who_came_since_the_first) {
  Bench bench;
  bench.wait(1);
  bench.become_ready();
  bench.stop();
  bench.wait(2);
  bench.stop();
  EXPECT_EQ(bench.answers[2], Outcome::stopped);
  bench.exit();
  bench.expect(WorkerState::stopped);
}

TEST(WorkerFsm, stop_during_the_pause_ends_it) {
  Bench bench;
  bench.wait(1);
  bench.become_ready();
  bench.exit();
  bench.stop();
  bench.expect(WorkerState::stopped);
  bench.pass(1h);
  EXPECT_EQ(bench.spawns, 1U);
}

// F03, F04
TEST(WorkerFsm, a_stalled_worker_is_replaced) {
  Bench bench;
  bench.wait(1);
  bench.become_ready();
  bench.apply(bench.fsm.stalled(1, bench.now));
  EXPECT_EQ(bench.signals, std::vector{action::Signal::kill}) << "it would not heed another";
  bench.exit();
  bench.pass(1s);
  EXPECT_EQ(bench.spawns, 2U);
}

TEST(WorkerFsm, a_stop_during_a_replacement_cancels_it) {
  Bench bench;
  bench.wait(1);
  bench.become_ready();
  bench.apply(bench.fsm.stalled(1, bench.now));
  bench.stop();
  bench.exit();
  bench.expect(WorkerState::stopped);
}

TEST(WorkerFsm, events_of_an_earlier_process_are_ignored) {
  Bench bench;
  bench.wait(1);
  bench.become_ready();
  bench.exit();
  bench.wait(2);
  bench.apply(bench.fsm.health(1, Health::ok, bench.now));
  bench.apply(bench.fsm.exited(1, bench.now));
  bench.apply(bench.fsm.ready_line(1));
  bench.apply(bench.fsm.stalled(1, bench.now));
  bench.expect(WorkerState::starting);
  EXPECT_EQ(bench.checks, 1U);
}

TEST(WorkerFsm, waiters_of_a_process_that_cannot_be_killed_are_told) {
  Bench bench;
  bench.wait(1);
  bench.become_ready();
  bench.stop();
  bench.wait(2);
  bench.pass(limits::kTermLimit + limits::kKillLimit);
  EXPECT_EQ(bench.answers[2], Outcome::stuck);
  bench.wait(3);
  EXPECT_EQ(bench.answers[3], Outcome::stuck) << "at once";
  bench.exit();
  bench.wait(4);
  EXPECT_EQ(bench.spawns, 2U);
}

TEST(WorkerFsm, who_leaves_gets_no_answer) {
  Bench bench;
  bench.wait(1);
  bench.wait(2);
  bench.fsm.leave(1);
  bench.fsm.leave(99);
  bench.become_ready();
  EXPECT_EQ(bench.answers, (std::map<WaiterId, Outcome>{{2, Outcome::ready}}));
}

}  // namespace
}  // namespace llf::worker
