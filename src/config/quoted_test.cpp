#include "config/quoted.hpp"

#include <gtest/gtest.h>

namespace llf::config {
namespace {

TEST(Quoted, what_is_long_is_not_repeated) {
  EXPECT_EQ(quoted("'x'"), "'x'");
  EXPECT_EQ(quoted(std::string(40, 'x')), std::string(40, 'x'));
  EXPECT_EQ(quoted(std::string(41, 'x')), "that");
}

}  // namespace
}  // namespace llf::config
