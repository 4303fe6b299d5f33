#include "daemon/idle.hpp"

#include <gtest/gtest.h>

namespace llf::daemon {
namespace {

using std::chrono::seconds;

Duration left(int now, int last_active, std::size_t active) {
  return time_until_idle_exit({.now = MonoTime(seconds(now)),
                               .last_active = MonoTime(seconds(last_active)),
                               .active = active,
                               .limit = seconds(600)});
}

TEST(Idle, waits_for_what_is_left_since_the_last_request) {
  EXPECT_EQ(left(100, 100, 0), seconds(600));
  EXPECT_EQ(left(300, 100, 0), seconds(400));
}

TEST(Idle, ends_when_the_limit_has_passed) {
  EXPECT_LE(left(700, 100, 0), seconds(0));
  EXPECT_LE(left(9000, 100, 0), seconds(0));
}

TEST(Idle, a_running_request_keeps_it_awake_however_long_it_takes) {
  EXPECT_EQ(left(9000, 100, 1), seconds(600));
}

}  // namespace
}  // namespace llf::daemon
