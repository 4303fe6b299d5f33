#include "gateway/test_gateway.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

using RestartRoute = GatewayTest;

TEST_F(RestartRoute, a_successor_is_told_with_its_arguments_and_environment) {
  const auto answer =
      ask("POST", "/llf/v1/restart",
          R"({"program":"/usr/bin/llfd","arguments":["--port","1"],"environment":["A=b"]})");
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body, R"({"restarting":true,"requests_active":0})");
  ASSERT_TRUE(successor_);
  EXPECT_EQ(successor_->argv, (std::vector<std::string>{"/usr/bin/llfd", "--port", "1"}));
  EXPECT_EQ(successor_->env, (std::vector<std::string>{"A=b"}));
}

TEST_F(RestartRoute, what_cannot_be_one_is_refused) {
  for (const auto* body :
       {"", "{}", R"({"program":"llfd"})", R"({"program":"/a\u0000b"})",
        R"({"program":"/a","arguments":[1]})", R"({"program":"/a","environment":["A=\u0000"]})"}) {
    EXPECT_EQ(ask("POST", "/llf/v1/restart", body).status, 400) << body;
  }
  EXPECT_FALSE(successor_);
}

}  // namespace
}  // namespace llf::gateway
