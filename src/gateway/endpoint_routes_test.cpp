#include "gateway/test_gateway.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

using EndpointRoutes = GatewayTest;

TEST_F(EndpointRoutes, tells_what_is_known_of_each) {
  EXPECT_EQ(ask("GET", "/llf/v1/endpoints").body, R"({"endpoints":[]})");
  config::Endpoint office{.url = "http://127.0.0.1:1/v1"};
  office.models = {"big"};
  elsewhere_.set({{"office", office}});
  EXPECT_EQ(ask("GET", "/llf/v1/endpoints").body,
            R"({"endpoints":[{"name":"office","url":"http://127.0.0.1:1/v1","state":"good",)"
            R"("pause_s":null,"active":0,"models":["big"],"error":null}]})");
}

TEST_F(EndpointRoutes, its_models_are_listed_with_those_here) {
  config::Endpoint office{.url = "http://127.0.0.1:1/v1"};
  office.models = {"big"};
  elsewhere_.set({{"office", office}});
  EXPECT_TRUE(ask("GET", "/v1/models").body.contains(R"("id":"big")"));
  EXPECT_EQ(ask("GET", "/v1/models/big").status, 200);
}

TEST_F(EndpointRoutes, F48_one_that_is_not_there_is_told_and_then_left_alone) {
  config::Endpoint office{.url = "http://127.0.0.1:1/v1"};
  office.models = {"big"};
  elsewhere_.set({{"office", office}});
  const std::string body = R"({"model":"big","messages":[{"role":"user","content":"x"}]})";
  const auto first = ask("POST", "/v1/chat/completions", body);
  EXPECT_EQ(first.status, 503);
  EXPECT_TRUE(first.body.contains("the endpoint 'office'")) << first.body;
  const auto second = ask("POST", "/v1/chat/completions", body);
  EXPECT_EQ(second.status, 503);
  EXPECT_TRUE(second.body.contains("left alone")) << second.body;
  EXPECT_EQ(second.headers.get("retry-after"), "1");
  EXPECT_TRUE(ask("GET", "/llf/v1/endpoints").body.contains(R"("state":"paused","pause_s":1)"));
}

}  // namespace
}  // namespace llf::gateway
