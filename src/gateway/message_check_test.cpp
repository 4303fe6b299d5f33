#include "gateway/message_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace llf::gateway {
namespace {

MessageCheck checked(const std::string& messages) {
  MessageCheck check;
  const auto read = json::skim(R"({"model":"m","messages":)" + messages + R"(,"metadata":[[1]]})",
                               [&](const json::Token& token) { check.take(token); });
  EXPECT_TRUE(read) << messages;
  return check;
}

std::string wrong(const std::string& messages) {
  const auto check = checked(messages);
  return check.wrong() ? check.wrong()->error.message : "";
}

TEST(MessageCheck, messages_of_every_kind_pass) {
  EXPECT_EQ(wrong(R"([{"role":"developer","content":"a"},{"role":"user","name":"me","content":)"
                  R"([{"type":"text","text":"b"},{"type":"image_url","image_url":{"url":"d"}}]},)"
                  R"({"role":"assistant","content":null,"refusal":null,"tool_calls":[{"id":"1",)"
                  R"("type":"function","function":{"name":"f","arguments":"{}"}}]},)"
                  R"({"content":"c","role":"tool","tool_call_id":"1"}])"),
            "");
  EXPECT_EQ(wrong(R"([{"role":"assistant","content":"","tool_calls":[]}])"), "");
  EXPECT_EQ(wrong(R"([{"role":"assistant","tool_calls":[{"type":"function","function":)"
                  R"({"name":"f","arguments":{"a":[1,{"name":5}]}}}]}])"),
            "");
}

TEST(MessageCheck, a_message_without_a_known_role_is_refused_by_its_number) {
  EXPECT_EQ(wrong(R"([{"role":"user","content":"a"},{"content":"hi"}])"),
            "messages[1] has no 'role'");
  EXPECT_THAT(wrong(R"([{"role":"weird","content":"a"}])"), testing::HasSubstr("messages[0].role"));
  EXPECT_THAT(wrong(R"([{"role":5,"content":"a"}])"), testing::HasSubstr("messages[0].role"));
  EXPECT_THAT(wrong("[5]"), testing::HasSubstr("must be an object"));
  EXPECT_THAT(wrong(R"([["role"]])"), testing::HasSubstr("must be an object"));
}

TEST(MessageCheck, content_is_text_parts_or_null) {
  EXPECT_THAT(wrong(R"([{"role":"user","content":5}])"), testing::HasSubstr(".content must be"));
  EXPECT_THAT(wrong(R"([{"role":"user","content":{"a":1}}])"),
              testing::HasSubstr(".content must be"));
}

TEST(MessageCheck, a_tool_call_has_a_type_and_a_named_function) {
  for (const auto* calls : {R"([{"id":"a"}])", "[5]", "[[1]]", R"([{"type":"function"}])",
                            R"([{"function":{"name":"f","arguments":"{}"}}])",
                            R"([{"type":"function","function":{"arguments":"{}"}}])",
                            R"([{"type":"function","function":{"name":1}}])",
                            R"([{"type":"function","function":{"name":"f","arguments":[1]}}])"}) {
    EXPECT_THAT(wrong(R"([{"role":"assistant","tool_calls":)" + std::string(calls) + "}]"),
                testing::HasSubstr("tool call"))
        << calls;
  }
  EXPECT_THAT(wrong(R"([{"role":"assistant","tool_calls":"x"}])"),
              testing::HasSubstr("must be a list"));
}

TEST(MessageCheck, fields_that_no_model_gets_are_named_once_unless_they_are_null) {
  EXPECT_THAT(checked(R"([{"role":"user","content":"a","mood":1,"audio":null},)"
                      R"({"role":"user","content":"b","mood":{"c":2}}])")
                  .unknown(),
              testing::ElementsAre("messages[].mood"));
}

}  // namespace
}  // namespace llf::gateway
