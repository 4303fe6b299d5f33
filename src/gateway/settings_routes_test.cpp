#include "gateway/test_gateway.hpp"

#include <gmock/gmock.h>

namespace llf::gateway {
namespace {

using testing::HasSubstr;

TEST_F(GatewayTest, reload_settings_tells_what_is_wrong_with_the_file) {
  const auto answer = ask("POST", "/llf/v1/settings/reload", "{}");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(
      answer.body,
      R"({"changes":[],"workers":[],"ending":[],"restart":[],"error":"line 1, column 1: no"})");
}

TEST_F(GatewayTest, compare_settings_tells_changes_and_workers) {
  const auto answer = ask("POST", "/llf/v1/settings/compare", R"({"text": "{}"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body,
              HasSubstr(R"({"name":"server.port","from":8000,"to":1,"effect":"restart"})"));
  EXPECT_THAT(answer.body, HasSubstr(R"("workers":["tiny"])"));
}

TEST_F(GatewayTest, compare_settings_refuses_what_is_none) {
  EXPECT_EQ(ask("POST", "/llf/v1/settings/compare", R"({"text": "x"})").status, 400);
  EXPECT_EQ(ask("POST", "/llf/v1/settings/compare", R"({"text": 1})").status, 400);
  EXPECT_EQ(ask("POST", "/llf/v1/settings/compare", "x").status, 400);
}

}  // namespace
}  // namespace llf::gateway
