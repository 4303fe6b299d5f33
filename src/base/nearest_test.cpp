#include "base/nearest.hpp"

#include <gtest/gtest.h>

namespace llf {
namespace {

TEST(Nearest, counts_edits_and_swaps) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("server", "sevrer"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
  EXPECT_EQ(edit_distance("LLF", "llf"), 0U);
}

TEST(Nearest, offers_the_best_three_in_order) {
  const std::vector<std::string> known{"restart", "start", "stat", "status", "stop"};
  EXPECT_EQ(nearest("strat", known), (std::vector<std::string>{"start", "stat"}));
  EXPECT_EQ(nearest("sta", known), (std::vector<std::string>{"start", "stat", "status"}));
}

TEST(Nearest, offers_nothing_for_something_else) {
  const std::vector<std::string> known{"server", "model"};
  EXPECT_TRUE(nearest("photoshop", known).empty());
  EXPECT_EQ(did_you_mean("photoshop", known), "");
  EXPECT_TRUE(nearest("", known).empty());
}

TEST(Nearest, asks_in_words) {
  const std::vector<std::string> known{"run", "rm", "restart"};
  EXPECT_EQ(did_you_mean("rnu", known), " Did you mean 'run'?");
  EXPECT_EQ(did_you_mean("r", known), " Did you mean 'restart', 'rm' or 'run'?");
}

}  // namespace
}  // namespace llf
