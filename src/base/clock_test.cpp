#include "base/clock.hpp"

#include <gtest/gtest.h>

namespace llf {
namespace {

TEST(Clock, monotonic_time_never_goes_back) {
  const auto first = mono_now();
  EXPECT_GE(mono_now(), first);
}

TEST(Clock, unix_time_is_in_this_century) {
  EXPECT_GT(unix_now(), 1'700'000'000);
  EXPECT_LT(unix_now(), 4'102'444'800);
}

}  // namespace
}  // namespace llf
