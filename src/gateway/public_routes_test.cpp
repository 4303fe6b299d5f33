#include "gateway/test_gateway.hpp"

namespace llf::gateway {
namespace {

using PublicRoutes = GatewayTest;

TEST_F(PublicRoutes, health_says_ok) {
  const auto answer = ask("GET", "/health");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"status":"ok"})");
}

TEST_F(PublicRoutes, models_are_listed_in_the_openai_shape) {
  const auto answer = ask("GET", "/v1/models");
  EXPECT_EQ(answer.status, 200);
  const auto body = json::parse(answer.body);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->at("object"), "list");
  ASSERT_EQ(body->at("data").as_array().size(), 1U);
  const auto& model = body->at("data").at(0);
  EXPECT_EQ(model.at("id"), "tiny");
  EXPECT_EQ(model.at("object"), "model");
  EXPECT_TRUE(model.at("created").is_int64());
  EXPECT_EQ(model.at("owned_by"), "llf");
}

TEST_F(PublicRoutes, one_model_is_shown_by_name) {
  EXPECT_EQ(ask("GET", "/v1/models/tiny").status, 200);
  const auto missing = ask("GET", "/v1/models/tinny");
  EXPECT_EQ(missing.status, 404);
  EXPECT_NE(missing.body.find(R"("code":"model_not_found")"), std::string::npos);
  EXPECT_NE(missing.body.find("Did you mean 'tiny'?"), std::string::npos);
}

TEST_F(PublicRoutes, an_unknown_path_is_404_and_a_wrong_method_405) {
  EXPECT_EQ(ask("GET", "/v3").status, 404);
  EXPECT_EQ(ask("POST", "/health", "{}").status, 405);
}

}  // namespace
}  // namespace llf::gateway
