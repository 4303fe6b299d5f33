#include "remote/retry_budget.hpp"

#include <gtest/gtest.h>

namespace llf::remote {
namespace {

TEST(RetryBudget, a_single_request_may_be_tried_again) {
  RetryBudget budget;
  budget.note_request();
  EXPECT_TRUE(budget.take());
  EXPECT_FALSE(budget.take());
}

TEST(RetryBudget, F50_of_a_thousand_that_fail_a_fifth_is_tried_again) {
  RetryBudget budget;
  int tries = 0;
  for (int i = 0; i < 1000; ++i) {
    budget.note_request();
    ++tries;
    while (budget.take()) ++tries;
  }
  EXPECT_LE(tries, 1201);
  EXPECT_GE(tries, 1190);
}

TEST(RetryBudget, quiet_times_save_up_no_storm) {
  RetryBudget budget;
  for (int i = 0; i < 1'000'000; ++i) budget.note_request();
  int tries = 0;
  while (budget.take()) ++tries;
  EXPECT_LE(tries, 10);
}

}  // namespace
}  // namespace llf::remote
