#include "base/assert.hpp"

#include <gtest/gtest.h>

namespace llf {
namespace {

TEST(AssertDeathTest, a_broken_condition_names_itself_and_aborts) {
  EXPECT_DEATH(LLF_ASSERT(1 + 1 == 3), "llf: bug: 1 \\+ 1 == 3 at .*assert_test.cpp");
}

TEST(Assert, a_true_condition_does_nothing) {
  LLF_ASSERT(1 + 1 == 2);
}

}  // namespace
}  // namespace llf
