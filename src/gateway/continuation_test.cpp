#include "gateway/continuation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

using testing::HasSubstr;

BegunAnswer begun() {
  return {.text = "llf is", .tokens = 2, .head = {{"id", "chatcmpl-1"}, {"created", 7}}};
}

std::string continued(Api api, std::string_view body) {
  const auto made = continued_body(api, body, begun());
  return made ? *made : "refused";
}

TEST(ContinuedBody, what_was_said_begins_the_assistants_message) {
  EXPECT_EQ(continued(Api::chat, R"({"messages":[{"role":"user","content":"?"}],"stream":true})"),
            R"({"messages":[{"role":"user","content":"?"},)"
            R"({"role":"assistant","content":"llf is"}],"stream":true})");
}

TEST(ContinuedBody, a_beginning_that_the_request_has_stays_before_it) {
  EXPECT_EQ(continued(Api::chat, R"({"messages":[{"role":"assistant","content":"Well, "}]})"),
            R"({"messages":[{"role":"assistant","content":"Well, llf is"}]})");
}

TEST(ContinuedBody, of_a_completion_it_stands_behind_the_prompt) {
  EXPECT_EQ(continued(Api::completion, R"({"prompt":"Say: "})"), R"({"prompt":"Say: llf is"})");
  EXPECT_EQ(continued(Api::completion, R"({"prompt":["a"]})"), "refused");
}

TEST(ContinuedBody, as_many_tokens_less_are_left_to_say) {
  EXPECT_THAT(continued(Api::completion, R"({"prompt":"a","max_tokens":10,"n_predict":-1})"),
              HasSubstr(R"("max_tokens":8,"n_predict":-1)"));
  EXPECT_EQ(continued(Api::completion, R"({"prompt":"a","max_tokens":2})"), "refused");
}

TEST(ContinuedBody, what_cannot_be_gone_on_with_is_refused) {
  EXPECT_EQ(continued(Api::chat, R"({"messages":[]})"), "refused");
  EXPECT_EQ(continued(Api::chat, R"({"messages":[{"role":"assistant","content":[]}]})"), "refused");
  EXPECT_EQ(continued(Api::chat, "[]"), "refused");
}

TEST(ContinuedEvents, look_like_those_before) {
  auto events = continued_events(Api::chat, begun());
  const auto none = events.feed(
      R"(data: {"choices":[{"index":0,"delta":{"role":"assistant","content":null}}],"id":"b"})"
      "\n\n");
  EXPECT_EQ(none, "");
  const auto text = events.feed(R"(data: {"choices":[{"delta":{"content":" a"}}],"id":"b"})"
                                "\n\ndata: [DO");
  ASSERT_TRUE(text);
  EXPECT_EQ(*text,
            "data: {\"choices\":[{\"delta\":{\"content\":\" a\"}}],\"id\":\"chatcmpl-1\","
            "\"created\":7}\n\n");
  EXPECT_FALSE(events.done());
  EXPECT_EQ(events.feed("NE]\n\n"), "data: [DONE]\n\n");
  EXPECT_TRUE(events.done());
}

TEST(ContinuedEvents, count_all_tokens_together) {
  auto events = continued_events(Api::chat, begun());
  const auto text = events.feed(
      R"(data: {"choices":[],"usage":{"prompt_tokens":14,"completion_tokens":3,"total_tokens":17}})"
      "\n\n");
  ASSERT_TRUE(text);
  EXPECT_THAT(*text,
              HasSubstr(R"("usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17})"));
}

}  // namespace
}  // namespace llf::gateway
