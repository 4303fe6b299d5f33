#include "remote/health.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

namespace llf::remote {
namespace {

using namespace std::chrono_literals;

constexpr MonoTime kNow{1000s};

TEST(Health, a_server_that_answers_is_asked_at_any_time) {
  Health health;
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(health.is_open(kNow));
    health.begin(kNow);
  }
  EXPECT_EQ(health.state(kNow), Health::State::good);
}

TEST(Health, F48_after_each_failure_the_pause_doubles_up_to_a_limit) {
  Health health;
  auto now = kNow;
  Duration last{};
  for (int i = 0; i < 20; ++i) {
    health.failed(now);
    EXPECT_FALSE(health.is_open(now));
    const auto until = health.paused_until(now);
    ASSERT_TRUE(until);
    const auto pause = *until - now;
    EXPECT_GE(pause, last);
    EXPECT_LE(pause, limits::kEndpointPauseMost);
    last = pause;
    now = *until;
    EXPECT_TRUE(health.is_open(now));
  }
  EXPECT_EQ(last, limits::kEndpointPauseMost);
}

TEST(Health, one_request_tries_whether_it_is_back) {
  Health health;
  health.failed(kNow);
  const auto later = kNow + limits::kEndpointPause;
  EXPECT_EQ(health.state(later), Health::State::trying);
  health.begin(later);
  EXPECT_FALSE(health.is_open(later));
  health.served();
  EXPECT_TRUE(health.is_open(later));
  EXPECT_EQ(health.state(later), Health::State::good);
}

TEST(Health, a_client_that_leaves_lets_the_next_one_try) {
  Health health;
  health.failed(kNow);
  const auto later = kNow + limits::kEndpointPause;
  health.begin(later);
  health.left();
  EXPECT_TRUE(health.is_open(later));
}

TEST(Health, F48_one_that_names_a_time_is_left_alone_until_then) {
  Health health;
  health.busy(kNow, 30s);
  EXPECT_FALSE(health.is_open(kNow + 29s));
  EXPECT_TRUE(health.is_open(kNow + 30s));
  health.busy(kNow, std::chrono::hours(1000));
  EXPECT_TRUE(health.is_open(kNow + limits::kEndpointBusyMost));
}

}  // namespace
}  // namespace llf::remote
