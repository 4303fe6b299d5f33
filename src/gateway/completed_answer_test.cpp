#include "gateway/completed_answer.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

std::string completed(std::string_view body) {
  return completed_answer(Api::chat, std::string(body));
}

TEST(CompletedAnswer, gets_what_the_schema_wants) {
  EXPECT_EQ(completed(R"({"choices":[{"index":0,"message":{"role":"assistant","content":"\"}"}},)"
                      R"({"index":1,"message":{"content":"b"}}],"usage":{"a":[{}]}})"),
            R"({"choices":[{"index":0,"message":{"role":"assistant","content":"\"}",)"
            R"("refusal":null},"logprobs":null},{"index":1,"message":{"content":"b",)"
            R"("refusal":null},"logprobs":null}],"usage":{"a":[{}]}})");
}

TEST(CompletedAnswer, what_is_there_stays) {
  const std::string_view whole =
      R"({"choices":[{"message":{"refusal":null,"tool_calls":[{"function":{"arguments":"{}"}}]},)"
      R"("logprobs":{"content":[{"token":"a","top_logprobs":[]}]}}],"timings":{"prompt_ms":1.5}})";
  EXPECT_EQ(completed(whole), whole);
}

TEST(CompletedAnswer, a_value_that_reads_like_a_name_is_none) {
  EXPECT_EQ(
      completed(R"({"choices":[{"finish_reason":"logprobs","message":{"content":"refusal"}}]})"),
      R"({"choices":[{"finish_reason":"logprobs","message":{"content":"refusal",)"
      R"("refusal":null},"logprobs":null}]})");
  EXPECT_EQ(completed(R"({"choices":[{}]})"), R"({"choices":[{"logprobs":null}]})");
}

TEST(CompletedAnswer, answers_of_other_apis_stay_as_they_are) {
  const std::string body = R"({"choices":[{"text":"a","logprobs":null}]})";
  EXPECT_EQ(completed_answer(Api::completion, body), body);
  EXPECT_EQ(completed("{}"), "{}");
}

}  // namespace
}  // namespace llf::gateway
