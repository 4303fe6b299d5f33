#include "os/rate_limit.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

namespace llf::os {
namespace {

using namespace std::chrono_literals;

constexpr MonoTime kStart{1h};

/// Bytes that come in so many steps of 100 ms, when 100 are asked for as often as they are given.
std::uint64_t bytes_of(RateLimit& limit, MonoTime from, int steps) {
  std::uint64_t all = 0;
  for (int step = 0; step < steps; ++step) {
    while (limit.take(100, from + step * 100ms)) all += 100;
  }
  return all;
}

TEST(RateLimit, holds_for_all_who_ask_together) {
  RateLimit limit;
  limit.set(1000);
  EXPECT_NEAR(static_cast<double>(bytes_of(limit, kStart, 100)), 10'000, 200);
}

TEST(RateLimit, is_another_at_once_and_none_again) {
  RateLimit limit;
  EXPECT_FALSE(limit.is_set());
  EXPECT_TRUE(limit.take(std::uint64_t{1} << 40U, kStart));
  limit.set(1000);
  EXPECT_TRUE(limit.is_set());
  EXPECT_NEAR(static_cast<double>(bytes_of(limit, kStart, 10)), 1000, 200);
  limit.set(5000);
  EXPECT_NEAR(static_cast<double>(bytes_of(limit, kStart + 1s, 10)), 5000, 300);
  limit.set(0);
  EXPECT_TRUE(limit.take(std::uint64_t{1} << 40U, kStart + 2s));
}

TEST(RateLimit, only_a_second_is_made_up_for) {
  RateLimit limit;
  limit.set(1000);
  EXPECT_TRUE(limit.take(100, kStart));
  EXPECT_NEAR(static_cast<double>(bytes_of(limit, kStart + 1h, 1)), 1000, 200);
}

}  // namespace
}  // namespace llf::os
