#include "worker/liveness.hpp"

#include <gtest/gtest.h>

namespace llf::worker {
namespace {

using namespace std::chrono_literals;
using Verdict = Liveness::Verdict;

struct LivenessBench {
  MonoTime now;
  std::chrono::nanoseconds cpu{};
  Liveness liveness{LivenessPolicy{.silence_limit = 30s, .interval = 1s}, MonoTime{}};

  /// Looks once a second for so long; the engine uses `share` of each second. The seconds until it
  /// was called stalled, or 0.
  int look_for(int seconds, std::chrono::nanoseconds share) {
    for (int i = 1; i <= seconds; ++i) {
      now += 1s;
      cpu += share;
      if (liveness.look(cpu, now) == Verdict::stalled) return i;
    }
    return 0;
  }
};

// F05
TEST(Liveness, minutes_of_silent_work_before_the_answer_are_fine) {
  LivenessBench bench;
  EXPECT_EQ(bench.look_for(600, 900ms), 0);
}

// F04
TEST(Liveness, silence_without_work_before_the_answer_is_a_stall) {
  LivenessBench bench;
  EXPECT_EQ(bench.look_for(60, 0ms), 30);
}

TEST(Liveness, the_timers_of_an_idle_server_are_no_work) {
  LivenessBench bench;
  EXPECT_EQ(bench.look_for(60, 1ms), 30);
}

// F03
TEST(Liveness, within_an_answer_only_bytes_count) {
  LivenessBench bench;
  bench.liveness.bytes_seen();
  EXPECT_EQ(bench.look_for(60, 900ms), 30);
}

TEST(Liveness, every_byte_begins_the_limit_anew) {
  LivenessBench bench;
  for (int i = 0; i < 10; ++i) {
    bench.liveness.bytes_seen();
    EXPECT_EQ(bench.look_for(29, 0ms), 0);
  }
  EXPECT_EQ(bench.look_for(29, 0ms), 1);
}

TEST(Liveness, work_that_ends_before_the_answer_is_given_the_whole_limit) {
  LivenessBench bench;
  EXPECT_EQ(bench.look_for(100, 500ms), 0);
  EXPECT_EQ(bench.look_for(60, 0ms), 30);
}

// F18
TEST(Liveness, our_own_sleep_is_not_held_against_the_engine) {
  LivenessBench bench;
  bench.liveness.bytes_seen();
  EXPECT_EQ(bench.look_for(5, 0ms), 0);
  bench.now += 60s;
  EXPECT_EQ(bench.liveness.look(bench.cpu, bench.now), Verdict::alive);
  EXPECT_EQ(bench.look_for(60, 0ms), 23) << "5 s before the sleep, 2 s for it";
}

}  // namespace
}  // namespace llf::worker
