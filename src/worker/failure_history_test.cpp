#include "worker/failure_history.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace llf::worker {
namespace {

using namespace std::chrono_literals;

constexpr MonoTime kStart{1h};

TEST(FailureHistory, pauses_double_up_to_their_maximum) {
  FailureHistory history{RestartPolicy{}};
  auto now = kStart;
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s, 60s}) {
    history.failed(now);
    EXPECT_EQ(history.not_before(), now + pause);
    now += 1h;
  }
}

TEST(FailureHistory, being_ready_for_a_while_begins_anew) {
  FailureHistory history{RestartPolicy{}};
  history.failed(kStart);
  history.became_ready(kStart);
  history.failed(kStart + limits::kStableAfter - 1ms);
  EXPECT_EQ(history.in_a_row(), 2U) << "not long enough";
  history.became_ready(kStart + 1h);
  history.failed(kStart + 1h + limits::kStableAfter);
  EXPECT_EQ(history.in_a_row(), 1U);
}

TEST(FailureHistory, a_wanted_end_forgets_how_long_it_was_ready) {
  FailureHistory history{RestartPolicy{}};
  history.failed(kStart);
  history.became_ready(kStart);
  history.ended();
  history.failed(kStart + 1h);
  EXPECT_EQ(history.in_a_row(), 2U);
}

// F08
TEST(FailureHistory, five_failures_within_ten_minutes_open_the_circuit_for_a_minute) {
  FailureHistory history{RestartPolicy{}};
  for (int i = 0; i < 4; ++i) history.failed(kStart + i * 150s);
  EXPECT_FALSE(history.open_until(kStart + 450s));
  history.failed(kStart + 600s);
  EXPECT_EQ(history.open_until(kStart + 600s), kStart + 660s);
  EXPECT_TRUE(history.open_until(kStart + 660s - 1ms));
  EXPECT_FALSE(history.open_until(kStart + 660s)) << "half-open: one more try";
  history.failed(kStart + 661s);
  EXPECT_TRUE(history.open_until(kStart + 662s)) << "which failed";
}

TEST(FailureHistory, rare_failures_never_open_it) {
  FailureHistory history{RestartPolicy{}};
  for (int i = 0; i < 100; ++i) {
    history.failed(kStart + i * 151s);
    EXPECT_FALSE(history.open_until(kStart + i * 151s));
  }
}

TEST(FailureHistory, forget_holds_nothing_against_it) {
  FailureHistory history{RestartPolicy{}};
  for (int i = 0; i < 9; ++i) history.failed(kStart);
  history.forget();
  EXPECT_FALSE(history.open_until(kStart));
  EXPECT_EQ(history.in_a_row(), 0U);
  EXPECT_LE(history.not_before(), kStart);
}

}  // namespace
}  // namespace llf::worker
