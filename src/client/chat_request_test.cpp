#include "client/chat_request.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

namespace llf::client {
namespace {

TEST(ChatRequest, only_what_was_asked_for_is_sent) {
  EXPECT_EQ(write_chat_request(
                {.model = "", .messages = {{"user", "hi"}}, .temperature = {}, .max_tokens = {}}),
            R"({"messages":[{"role":"user","content":"hi"}],"stream":true,)"
            R"("stream_options":{"include_usage":true}})");
}

TEST(ChatRequest, everything_asked_for_is_sent) {
  const auto body = write_chat_request({.model = "m",
                                        .messages = {{"system", "s"}, {"user", "\"\n"}},
                                        .temperature = 0.5,
                                        .max_tokens = 7});
  ASSERT_TRUE(body);
  EXPECT_NE(body->find(R"("model":"m")"), std::string::npos);
  EXPECT_NE(body->find(R"({"role":"system","content":"s"},{"role":"user","content":"\"\n"})"),
            std::string::npos);
  EXPECT_NE(body->find(R"("temperature":0.5)"), std::string::npos);
  EXPECT_NE(body->find(R"("max_tokens":7)"), std::string::npos);
}

TEST(ChatRequest, more_than_a_request_holds_is_refused) {
  const auto body = write_chat_request(
      {.model = "",
       .messages = {{"user", std::string(limits::kRequestBody.bytes() + 1, 'x')}},
       .temperature = {},
       .max_tokens = {}});
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().kind, ErrorKind::too_large);
}

}  // namespace
}  // namespace llf::client
