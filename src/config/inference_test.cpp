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

TEST(Inference, fields_of_requests_give_members_by_more_than_one_name) {
  EXPECT_EQ(request_member("top_p"), "top_p");
  EXPECT_EQ(request_member("max_tokens"), "max_tokens");
  EXPECT_EQ(request_member("n_predict"), "max_tokens");
  EXPECT_EQ(request_member("max_completion_tokens"), "max_tokens");
  EXPECT_EQ(request_member("messages"), "");
  EXPECT_EQ(request_member("model"), "");
}

}  // namespace
}  // namespace llf::config
