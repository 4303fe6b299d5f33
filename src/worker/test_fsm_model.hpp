#pragma once

#include "worker/worker_fsm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <optional>
#include <random>
#include <set>
#include <string>

namespace llf::worker {

/// What a simulated process of this run is like, drawn at its spawn.
struct TestProcess {
  Generation generation = 0;
  bool ignores_term = false;
  bool killed = false;
  bool hangs = false;
  std::optional<MonoTime> term_at;
};

/// Random events against a WorkerFsm with a simulated process and a manual clock, checking its
/// promises after each.
class TestFsmModel {
 public:
  explicit TestFsmModel(std::uint32_t seed) : random_(seed) {}

  void run(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
      step();
      check();
    }
    settle();
  }

 private:
  bool chance(unsigned percent) { return random_() % 100 < percent; }

  void step() {
    switch (random_() % 12) {
      case 0:
      case 1:
      case 2:
        wait();
        break;
      case 3:
        leave();
        break;
      case 4:
        if (chance(40)) apply(fsm_.stop(now_));
        break;
      case 5:
        if (chance(20)) reset();
        break;
      case 6:
        apply(fsm_.ready_line(some_generation()));
        break;
      case 7:
        answer_health();
        break;
      case 8:
        if (process_ && chance(50)) end_process();
        break;
      case 9:
        if (process_ && chance(30)) hang();
        break;
      case 10:
        apply(fsm_.exited(stale_generation(), now_));
        break;
      default:
        pass(random_duration());
        break;
    }
  }

  Duration random_duration() {
    constexpr std::array<std::chrono::milliseconds, 5> kScales{
        std::chrono::milliseconds(1), std::chrono::milliseconds(100),
        std::chrono::milliseconds(1000), std::chrono::milliseconds(20'000),
        std::chrono::milliseconds(400'000)};
    return kScales[random_() % kScales.size()] * static_cast<int>(1 + random_() % 3);
  }

  Generation some_generation() { return chance(90) ? fsm_.generation() : stale_generation(); }
  Generation stale_generation() {
    return fsm_.generation() == 0 ? 7 : fsm_.generation() - 1 - random_() % fsm_.generation();
  }

  void wait() {
    const auto id = ++last_waiter_;
    open_.insert(id);
    apply(fsm_.wait(id, now_));
  }

  void leave() {
    if (open_.empty()) return;
    const auto each = std::next(open_.begin(), static_cast<long>(random_() % open_.size()));
    fsm_.leave(*each);
    open_.erase(each);
  }

  void hang() {
    process_->hangs = fsm_.state() == WorkerState::ready;
    apply(fsm_.stalled(process_->generation, now_));
    EXPECT_TRUE(!process_->hangs || process_->killed) << where();
  }

  void reset() { apply(fsm_.reset(now_)); }

  void answer_health() {
    if (!check_of_) return;
    const auto generation = *check_of_;
    check_of_.reset();
    const bool ok = process_ && process_->generation == generation && !process_->term_at &&
                    !process_->killed && chance(60);
    if (ok) healthy_ = generation;
    apply(fsm_.health(generation, ok ? WorkerFsm::Health::ok : WorkerFsm::Health::not_yet, now_));
  }

  void end_process() {
    const auto process = *process_;
    const bool loading = fsm_.state() == WorkerState::starting;
    const auto waited = open_;
    process_.reset();
    check_of_.reset();
    const bool never_started = healthy_ != process.generation && chance(20);
    apply(never_started ? fsm_.spawn_failed(process.generation, now_)
                        : fsm_.exited(process.generation, now_));
    if (!loading) return;
    for (const auto waiter : waited) {
      EXPECT_FALSE(open_.contains(waiter)) << "a failed load was not told at once" << where();
    }
  }

  void pass(Duration duration) {
    const auto end = now_ + duration;
    for (int i = 0; i < 1000 && fsm_.deadline() && *fsm_.deadline() <= end; ++i) {
      now_ = std::max(now_, *fsm_.deadline());
      apply(fsm_.tick(now_));
      if (testing::Test::HasFailure()) return;
      if (check_of_ && chance(90)) answer_health();
      obey();
    }
    now_ = end;
    apply(fsm_.tick(now_));
  }

  /// A process that was told to end usually does.
  void obey() {
    if (!process_) return;
    if (process_->killed || (process_->term_at && !process_->ignores_term && chance(80))) {
      end_process();
    }
  }

  void apply(const Actions& actions) {
    for (const auto& each : actions) {
      std::visit([this](const auto& one) { carry_out(one); }, each);
    }
  }

  void carry_out(const action::Spawn& spawn) {
    EXPECT_FALSE(process_) << "a second process" << where();
    process_ =
        TestProcess{.generation = spawn.generation, .ignores_term = chance(25), .term_at = {}};
    check_of_.reset();
    if (chance(5)) {
      process_.reset();
      apply(fsm_.spawn_failed(spawn.generation, now_));
    }
  }

  void carry_out(const action::CheckHealth& check) {
    EXPECT_TRUE(process_ && process_->generation == check.generation) << where();
    EXPECT_FALSE(check_of_) << "two checks at once" << where();
    check_of_ = check.generation;
  }

  void carry_out(const action::SendSignal& sent) {
    ASSERT_TRUE(process_ && process_->generation == sent.generation) << where();
    if (sent.signal == action::Signal::term) {
      EXPECT_FALSE(process_->term_at) << "terminated twice" << where();
      process_->term_at = now_;
    } else {
      ASSERT_TRUE(process_->term_at || process_->hangs) << "killed without warning" << where();
      EXPECT_FALSE(process_->killed) << where();
      process_->killed = true;
    }
  }

  void carry_out(const action::Answer& answer) {
    EXPECT_EQ(open_.erase(answer.waiter), 1U) << "nobody waits as " << answer.waiter << where();
    if (answer.outcome == Outcome::ready) {
      EXPECT_TRUE(process_ && healthy_ == process_->generation && !process_->term_at &&
                  !process_->killed)
          << "ready without a health check" << where();
    }
  }

  void check() {
    EXPECT_EQ(fsm_.waiting(), open_.size()) << "a waiter is lost" << where();
    EXPECT_EQ(fsm_.has_process(), process_.has_value()) << where();
    if (fsm_.state() == WorkerState::ready) {
      EXPECT_TRUE(open_.empty()) << "somebody waits for what is ready" << where();
      EXPECT_EQ(healthy_, fsm_.generation()) << where();
    }
    const bool rests = fsm_.state() == WorkerState::stopped || fsm_.state() == WorkerState::failed;
    if (rests) EXPECT_TRUE(open_.empty()) << "nothing will ever answer them" << where();
    if (process_ && process_->term_at && !process_->killed) {
      EXPECT_LE(now_ - *process_->term_at, limits::kTermLimit) << "no SIGKILL came" << where();
    }
    // Whatever has waiters or a dying process has a time at which it goes on by itself, but for a
    // process that even SIGKILL did not end.
    const bool killed = process_ && process_->killed;
    if (!open_.empty() || fsm_.state() == WorkerState::stopping) {
      EXPECT_TRUE(fsm_.deadline() || killed) << "asleep for ever" << where();
    }
  }

  /// From any state, time alone answers every waiter.
  void settle() {
    for (int i = 0; i < 2000 && !open_.empty() && !testing::Test::HasFailure(); ++i) {
      pass(std::chrono::seconds(1));
      obey();
      check();
    }
    EXPECT_TRUE(open_.empty()) << open_.size() << " waiters were never answered" << where();
  }

  [[nodiscard]] std::string where() const {
    return " (state " + std::string(to_string(fsm_.state())) + ", generation " +
           std::to_string(fsm_.generation()) + ")";
  }

  std::mt19937 random_;
  WorkerFsm fsm_{WorkerPolicy{}};
  MonoTime now_;
  std::optional<TestProcess> process_;
  std::optional<Generation> check_of_;
  std::optional<Generation> healthy_;
  std::set<WaiterId> open_;
  WaiterId last_waiter_ = 0;
};

}  // namespace llf::worker
