#include "gateway/usage_sum.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace llf::gateway {
namespace {

json::Object object(std::string_view text) {
  return json::parse(text).value().get_object();
}

std::string rewritten(UsageShape& shape, std::string_view event) {
  const auto told = shape.rewrite(object(event));
  return told ? json::write(*told) : "none";
}

std::string last_of(const UsageShape& shape) {
  const auto event = shape.last();
  return event ? json::write(*event) : "none";
}

TEST(UsageSum, counts_the_prompt_of_several_answers_once) {
  UsageSum sum(Api::chat, 2);
  for (int i = 0; i < 2; ++i) {
    sum.add(0, object(R"({"completion_tokens":3,"prompt_tokens":9,"total_tokens":12,)"
                      R"("prompt_tokens_details":{"cached_tokens":8}})"));
  }
  EXPECT_EQ(json::write(sum.total()),
            R"({"completion_tokens":6,"prompt_tokens":9,"total_tokens":15,)"
            R"("prompt_tokens_details":{"cached_tokens":8}})");
}

TEST(UsageSum, counts_each_of_several_prompts) {
  UsageSum sum(Api::completion, 2);
  for (const auto& [index, prompt] : {std::pair(2, 5), std::pair(0, 2), {1, 2}, {3, 5}}) {
    sum.add(index, {{"completion_tokens", 1}, {"prompt_tokens", prompt}});
  }
  EXPECT_EQ(json::get_int(sum.total(), "completion_tokens"), 4);
  EXPECT_EQ(json::get_int(sum.total(), "prompt_tokens"), 7);
  EXPECT_EQ(json::get_int(sum.total(), "total_tokens"), 11);
}

TEST(UsageShape, of_a_chat_has_one_last_event_for_all_answers) {
  UsageShape shape(UsageSum(Api::chat, 2));
  EXPECT_EQ(rewritten(shape, R"({"choices":[{"index":0}],"id":"a"})"),
            R"({"choices":[{"index":0}],"id":"a","usage":null})");
  EXPECT_EQ(last_of(shape), "none");
  const auto* usage =
      R"({"choices":[],"id":"a","usage":{"completion_tokens":3,"prompt_tokens":9},"timings":{}})";
  EXPECT_EQ(rewritten(shape, usage), "none");
  EXPECT_EQ(last_of(shape), usage) << "of one, as it came";
  EXPECT_EQ(rewritten(shape, usage), "none");
  const auto last = object(last_of(shape));
  EXPECT_EQ(json::write(last.at("choices")), "[]");
  EXPECT_EQ(json::get_int(last.at("usage").get_object(), "completion_tokens"), 6);
  EXPECT_FALSE(last.contains("timings"));
}

TEST(UsageShape, of_a_completion_leaves_the_last_text_in_an_event_of_its_own) {
  UsageShape shape(UsageSum(Api::completion, 1));
  EXPECT_EQ(rewritten(shape, R"({"choices":[{"text":"","index":0,"finish_reason":"stop"}],)"
                             R"("usage":{"completion_tokens":3,"prompt_tokens":9},"timings":{}})"),
            R"({"choices":[{"text":"","index":0,"finish_reason":"stop"}],"usage":null})");
  EXPECT_EQ(last_of(shape), R"({"choices":[],"usage":{"completion_tokens":3,"prompt_tokens":9},)"
                            R"("timings":{}})");
}

}  // namespace
}  // namespace llf::gateway
