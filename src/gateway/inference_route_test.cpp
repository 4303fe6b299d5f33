#include "gateway/test_gateway.hpp"

namespace llf::gateway {
namespace {

using ChatRoute = GatewayTest;

std::string chat(std::string_view fields) {
  return R"({"messages":[{"role":"user","content":"hi"}])" + std::string(fields) + "}";
}

TEST_F(ChatRoute, a_body_that_is_no_request_is_400_with_the_field_to_blame) {
  const auto answer = ask("POST", "/v1/chat/completions", R"({"messages":3})");
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.body.find(R"("param":"messages")"), std::string::npos) << answer.body;
}

TEST_F(ChatRoute, an_unknown_model_is_404_in_the_openai_shape) {
  const auto answer = ask("POST", "/v1/chat/completions", chat(R"(,"model":"gpt-4")"));
  EXPECT_EQ(answer.status, 404);
  EXPECT_NE(answer.body.find(R"("param":"model","code":"model_not_found")"), std::string::npos)
      << answer.body;
}

TEST_F(ChatRoute, without_an_engine_the_answer_is_an_error_streaming_or_not) {
  for (const auto* fields : {"", R"(,"stream":true)"}) {
    const auto answer = ask("POST", "/v1/chat/completions", chat(fields));
    EXPECT_EQ(answer.status, 503) << answer.body;  // not 404: the model is there
    EXPECT_TRUE(answer.body.starts_with(R"({"error":{"message":)")) << answer.body;
  }
}

}  // namespace
}  // namespace llf::gateway
