#include "config/inference.hpp"

#include <gtest/gtest.h>

namespace llf::config {
namespace {

TEST(Inference, what_is_nearer_wins_and_the_rest_stays) {
  Inference general;
  general.temperature = 0.7;
  general.top_k = 40;
  Inference own;
  own.temperature = 0;
  own.seed = 1;
  const auto both = overlay(general, own);
  EXPECT_EQ(both.temperature, 0);
  EXPECT_EQ(both.top_k, 40);
  EXPECT_EQ(both.seed, 1);
  EXPECT_EQ(both.top_p, std::nullopt);
}

TEST(Inference, is_written_as_members_of_a_request) {
  EXPECT_TRUE(request_members({}).empty());
  Inference some;
  some.temperature = 0.5;
  some.max_tokens = 10;
  EXPECT_EQ(json::write(request_members(some)), R"({"temperature":0.5,"max_tokens":10})");
}

}  // namespace
}  // namespace llf::config
