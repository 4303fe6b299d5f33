#include "gateway/test_gateway.hpp"

#include <gmock/gmock.h>

namespace llf::gateway {
namespace {

using KeyRoutes = GatewayTest;
using testing::HasSubstr;

TEST_F(KeyRoutes, make_list_and_revoke_keys) {
  EXPECT_EQ(ask("GET", "/llf/v1/keys").body, R"({"keys":[]})");
  const auto made = ask("POST", "/llf/v1/keys", R"({"name":"laptop"})");
  EXPECT_EQ(made.status, 200);
  EXPECT_THAT(made.body, HasSubstr(R"({"name":"laptop","key":"llf-)"));
  const auto listed = ask("GET", "/llf/v1/keys").body;
  EXPECT_THAT(listed, HasSubstr(R"({"name":"laptop","created":)"));
  EXPECT_THAT(listed, testing::Not(HasSubstr("llf-")));
  EXPECT_EQ(ask("POST", "/llf/v1/keys", R"({"name":"laptop"})").status, 409);
  EXPECT_EQ(ask("POST", "/llf/v1/keys/revoke", R"({"name":"laptop"})").status, 200);
  EXPECT_EQ(ask("POST", "/llf/v1/keys/revoke", R"({"name":"laptop"})").status, 404);
  EXPECT_EQ(ask("POST", "/llf/v1/keys", "{}").status, 400);
}

}  // namespace
}  // namespace llf::gateway
