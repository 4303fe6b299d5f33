#include "gateway/inference_answer.hpp"

#include "gateway/test_gateway.hpp"

namespace llf::gateway {
namespace {

using InferenceAnswer = GatewayTest;

// What an engine says, and how it ends, is tested in tests/integration.
TEST_F(InferenceAnswer, without_an_engine_every_interface_says_so) {
  for (const auto& [path, body] :
       {std::pair("/v1/completions", R"({"prompt":"a"})"),
        std::pair("/v1/embeddings", R"({"input":"a"})"),
        std::pair("/tokenize", R"({"content":"a"})"),
        std::pair("/v1/completions", R"({"prompt":"a","stream":true})")}) {
    const auto answer = ask("POST", path, body);
    EXPECT_EQ(answer.status, 503) << path << answer.body;
    EXPECT_TRUE(answer.body.starts_with(R"({"error":{"message":)")) << answer.body;
  }
}

}  // namespace
}  // namespace llf::gateway
