#include "gateway/test_gateway.hpp"

#include <gmock/gmock.h>

namespace llf::gateway {
namespace {

using testing::HasSubstr;

TEST_F(GatewayTest, a_preview_needs_messages_a_model_and_a_template) {
  const auto status = [this](const char* body) {
    return ask("POST", "/llf/v1/prompt/preview", body).status;
  };
  EXPECT_EQ(status("x"), 400);
  EXPECT_EQ(status("{}"), 400);
  EXPECT_EQ(status(R"({"messages": "x"})"), 400);
  EXPECT_EQ(status(R"({"messages": [], "model": 1})"), 400);
  EXPECT_EQ(status(R"({"messages": [], "model": "none-such"})"), 404);
  const auto answer =
      ask("POST", "/llf/v1/prompt/preview", R"({"messages": [], "prompt": "none-such"})");
  EXPECT_EQ(answer.status, 404);
  EXPECT_THAT(answer.body, HasSubstr("none-such"));
}

TEST_F(GatewayTest, a_preview_without_an_engine_says_so) {
  const auto answer = ask("POST", "/llf/v1/prompt/preview", R"({"messages": []})");
  EXPECT_EQ(answer.status, 503);
  EXPECT_THAT(answer.body, HasSubstr("/nowhere/llama-server"));
}

}  // namespace
}  // namespace llf::gateway
