#include "gateway/test_gateway.hpp"

#include <gmock/gmock.h>

namespace llf::gateway {
namespace {

using MetricsRoute = GatewayTest;

TEST_F(MetricsRoute, tells_of_requests_and_workers) {
  EXPECT_EQ(ask("POST", "/v1/completions", R"({"model":"tiny","prompt":"a"})").status, 503);
  const auto answer = ask("GET", "/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.headers.get("content-type"), "text/plain; version=0.0.4");
  EXPECT_THAT(answer.body,
              testing::HasSubstr("llf_requests_total{model=\"tiny\",outcome=\"failed\"} 1\n"));
  EXPECT_THAT(answer.body, testing::HasSubstr("llf_worker_active{model=\"tiny\"} 0\n"));
}

}  // namespace
}  // namespace llf::gateway
