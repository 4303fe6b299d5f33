#include "gateway/test_gateway.hpp"

namespace llf::gateway {
namespace {

using ControlRoutes = GatewayTest;

TEST_F(ControlRoutes, status_tells_of_the_daemon) {
  const auto body = json::parse(ask("GET", "/llf/v1/status").body);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->at("version"), LLF_VERSION);
  EXPECT_EQ(body->at("protocol"), 1);
  EXPECT_EQ(body->at("pid"), 42);
  EXPECT_EQ(body->at("socket").as_string(), socket());
  EXPECT_TRUE(body->at("engine").is_null());
  EXPECT_EQ(body->at("listen").at("error"), "port taken");
  EXPECT_EQ(body->at("requests_active"), 0);
}

TEST_F(ControlRoutes, models_say_where_they_are_and_whether_they_are_loaded) {
  const auto body = json::parse(ask("GET", "/llf/v1/models").body);
  ASSERT_TRUE(body);
  const auto& model = body->at("models").at(0);
  EXPECT_EQ(model.at("id"), "tiny");
  EXPECT_EQ(model.at("path").as_string(), (folder_ / "tiny.gguf").string());
  EXPECT_EQ(model.at("size_bytes"), 4);
  EXPECT_EQ(model.at("source"), "folder");
  EXPECT_EQ(model.at("loaded"), false);
}

TEST_F(ControlRoutes, nothing_is_loaded_at_first) {
  EXPECT_EQ(ask("GET", "/llf/v1/workers").body, R"({"workers":[],"waiting":[]})");
  EXPECT_EQ(ask("GET", "/llf/v1/workers?why=1").body,
            R"({"workers":[],"waiting":[],"decisions":[]})");
  EXPECT_EQ(ask("POST", "/llf/v1/unload", R"({"model":"tiny"})").status, 404);
}

TEST_F(ControlRoutes, a_load_that_fails_ends_its_stream_with_the_error) {
  const auto answer = ask("POST", "/llf/v1/load", R"({"model":"tiny"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body.find("data: {\"error\":"), std::string::npos) << answer.body;
  EXPECT_EQ(answer.body.find("\"ready\""), std::string::npos);
}

TEST_F(ControlRoutes, a_load_of_an_unknown_model_is_404) {
  EXPECT_EQ(ask("POST", "/llf/v1/load", R"({"model":"other"})").status, 404);
}

TEST_F(ControlRoutes, a_body_that_cannot_be_read_is_400) {
  for (const auto* body : {"", "[]", "{", R"({"model":3})"}) {
    EXPECT_EQ(ask("POST", "/llf/v1/load", body).status, 400) << body;
    EXPECT_EQ(ask("POST", "/llf/v1/unload", body).status, 400) << body;
  }
}

TEST_F(ControlRoutes, stop_answers_first_and_then_stops) {
  const auto answer = ask("POST", "/llf/v1/stop");
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.body, R"({"stopping":true})");
  EXPECT_TRUE(stop_asked_);
}

}  // namespace
}  // namespace llf::gateway
