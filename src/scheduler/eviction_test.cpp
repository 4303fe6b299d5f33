#include "scheduler/eviction.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace llf::scheduler {
namespace {

Candidate idle(int since) {
  return {.busy = false, .last_used = MonoTime(std::chrono::seconds(since))};
}
constexpr Candidate kBusy{.busy = true, .last_used = {}};

TEST(Eviction, nobody_goes_while_there_is_room) {
  const std::vector loaded{idle(1), idle(2)};
  EXPECT_EQ(choose_victim(loaded, 3), std::nullopt);
  EXPECT_EQ(choose_victim({}, 1), std::nullopt);
}

TEST(Eviction, the_longest_unused_goes_first) {
  const std::vector loaded{idle(5), idle(2), idle(9)};
  EXPECT_EQ(choose_victim(loaded, 3), 1U);
}

TEST(Eviction, a_busy_one_never_goes) {
  const std::vector loaded{kBusy, idle(9), kBusy};
  EXPECT_EQ(choose_victim(loaded, 3), 1U);
  const std::vector all_busy{kBusy, kBusy};
  EXPECT_EQ(choose_victim(all_busy, 2), std::nullopt);
}

}  // namespace
}  // namespace llf::scheduler
