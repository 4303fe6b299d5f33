#include "client/chat_decoder.hpp"

#include <gtest/gtest.h>

namespace llf::client {
namespace {

Expected<ChatDelta> take(ChatDecoder& decoder, std::string_view data) {
  return decoder.take({.type = "message", .data = std::string(data), .id = ""});
}

TEST(ChatDecoder, deltas_carry_text) {
  ChatDecoder decoder;
  EXPECT_EQ(take(decoder, R"({"choices":[{"delta":{"content":"Hé"}}]})"),
            (ChatDelta{.content = "Hé", .reasoning = ""}));
  EXPECT_EQ(take(decoder, R"({"choices":[{"delta":{"reasoning_content":"hm"}}]})"),
            (ChatDelta{.content = "", .reasoning = "hm"}));
}

TEST(ChatDecoder, events_without_text_are_empty) {
  ChatDecoder decoder;
  for (const std::string_view data :
       {R"({"choices":[{"delta":{"role":"assistant","content":null}}]})", R"({"choices":[]})",
        R"({"choices":[{"delta":{}}]})", R"({"choices":[{}]})", "{}", R"({"error":null})"}) {
    const auto delta = take(decoder, data);
    ASSERT_TRUE(delta) << data;
    EXPECT_TRUE(delta->empty()) << data;
  }
}

TEST(ChatDecoder, the_end_tells_reason_usage_and_model) {
  ChatDecoder decoder;
  ASSERT_TRUE(take(decoder, R"({"model":"llf-nano","choices":[{"finish_reason":"length",
      "delta":{}}]})"));
  ASSERT_TRUE(take(decoder, R"({"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":9}})"));
  ASSERT_TRUE(take(decoder, "[DONE]"));
  EXPECT_TRUE(decoder.done());
  const auto end = decoder.finish();
  ASSERT_TRUE(end);
  EXPECT_EQ(end->finish_reason, "length");
  EXPECT_EQ(end->model, "llf-nano");
  EXPECT_EQ(end->usage, (Usage{.prompt_tokens = 7, .completion_tokens = 9}));
}

TEST(ChatDecoder, a_stream_without_done_is_an_error_even_after_a_finish_reason) {
  ChatDecoder decoder;
  ASSERT_TRUE(take(decoder, R"({"choices":[{"delta":{"content":"a"},"finish_reason":"stop"}]})"));
  const auto end = decoder.finish();
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, ErrorKind::upstream);
}

TEST(ChatDecoder, an_error_event_is_that_error) {
  ChatDecoder decoder;
  const auto delta =
      take(decoder,
           R"({"error":{"message":"the model crashed","type":"server_error","code":"upstream"}})");
  ASSERT_FALSE(delta);
  EXPECT_EQ(delta.error(), (Error{ErrorKind::upstream, "the model crashed"}));
}

TEST(ChatDecoder, what_cannot_be_understood_is_an_error) {
  for (const std::string_view data : {"", "<html>", "[]", "3", "{\"choices\":"}) {
    ChatDecoder decoder;
    const auto delta = take(decoder, data);
    ASSERT_FALSE(delta) << data;
    EXPECT_EQ(delta.error().kind, ErrorKind::upstream);
  }
}

TEST(ChatDecoder, what_follows_done_is_ignored) {
  ChatDecoder decoder;
  ASSERT_TRUE(take(decoder, "[DONE]"));
  EXPECT_EQ(take(decoder, "garbage"), ChatDelta{});
}

}  // namespace
}  // namespace llf::client
