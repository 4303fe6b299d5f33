#include "gateway/parameters.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

using Kind = json::Token::Kind;

TEST(Parameters, each_api_has_its_own) {
  EXPECT_NE(find_parameter(Api::chat, "messages"), nullptr);
  EXPECT_EQ(find_parameter(Api::completion, "messages"), nullptr);
  EXPECT_NE(find_parameter(Api::completion, "temperature"), nullptr);
  EXPECT_EQ(find_parameter(Api::embeddings, "temperature"), nullptr);
  for (const auto& facts : kApis) {
    EXPECT_NE(find_parameter(facts.api, "model"), nullptr);
    EXPECT_NE(find_parameter(facts.api, facts.required), nullptr);
    EXPECT_EQ(find_parameter(facts.api, "n_discard"), nullptr);
    EXPECT_EQ(facts_of(facts.api).path, facts.path);
  }
}

TEST(Parameters, a_setting_and_the_field_of_its_name_have_one_range) {
  const auto* temperature = find_parameter(Api::chat, "temperature");
  ASSERT_NE(temperature, nullptr);
  EXPECT_TRUE(check_value(*temperature, {.kind = Kind::number, .number = 0.7}));
  EXPECT_FALSE(check_value(*temperature, {.kind = Kind::number, .number = 6}));
  const auto* limit = find_parameter(Api::chat, "max_completion_tokens");
  ASSERT_NE(limit, nullptr);
  EXPECT_FALSE(check_value(*limit, {.kind = Kind::number, .number = 0.5}));
}

TEST(Parameters, each_dialect_has_its_own_fields_and_names) {
  using config::Dialect;
  const auto name = [](Dialect dialect, std::string_view field) {
    return std::string(name_in(dialect, Api::chat, field).value_or("-"));
  };
  EXPECT_EQ(name(Dialect::llama, "repetition_penalty"), "repeat_penalty");
  EXPECT_EQ(name(Dialect::vllm, "repeat_penalty"), "repetition_penalty");
  EXPECT_EQ(name(Dialect::openai, "repeat_penalty"), "-");
  EXPECT_EQ(name(Dialect::openai, "temperature"), "temperature");
  EXPECT_EQ(name(Dialect::openai, "user"), "user");
  EXPECT_EQ(name(Dialect::llama, "user"), "-");
  EXPECT_EQ(name(Dialect::vllm, "top_k"), "top_k");
  EXPECT_EQ(name(Dialect::openai, "top_k"), "-");
  for (const auto dialect : {Dialect::openai, Dialect::llama, Dialect::vllm}) {
    EXPECT_EQ(name(dialect, "n_discard"), "-");
    for (const auto& facts : kApis) {
      if (facts.api == Api::tokenize || facts.api == Api::detokenize) continue;
      EXPECT_TRUE(name_in(dialect, facts.api, facts.required)) << facts.required;
    }
  }
}

TEST(Parameters, a_wrong_value_is_told_what_it_must_be) {
  const auto* stop = find_parameter(Api::chat, "stop");
  ASSERT_NE(stop, nullptr);
  EXPECT_EQ(check_value(*stop, {.kind = Kind::true_value}).error().message,
            "'stop' must be a string, or a list");
  EXPECT_TRUE(check_value(*stop, {.kind = Kind::null_value}));
  const auto* n = find_parameter(Api::chat, "n");
  ASSERT_NE(n, nullptr);
  EXPECT_EQ(check_value(*n, {.kind = Kind::number, .number = 99}).error().message,
            "'n' must be a whole number from 1 to 16");
}

TEST(Parameters, an_effort_is_one_of_openais_words) {
  const auto* effort = find_parameter(Api::chat, "reasoning_effort");
  ASSERT_NE(effort, nullptr);
  EXPECT_TRUE(check_value(*effort, {.kind = Kind::string, .text = "high"}));
  EXPECT_TRUE(check_value(*effort, {.kind = Kind::null_value}));
  EXPECT_FALSE(check_value(*effort, {.kind = Kind::string, .text = "foo"}));
  EXPECT_FALSE(check_value(*effort, {.kind = Kind::number, .number = 1}));
}

TEST(Parameters, a_completion_tells_five_log_probabilities_at_most) {
  const auto* logprobs = find_parameter(Api::completion, "logprobs");
  ASSERT_NE(logprobs, nullptr);
  EXPECT_TRUE(check_value(*logprobs, {.kind = Kind::number, .number = 5}));
  EXPECT_FALSE(check_value(*logprobs, {.kind = Kind::number, .number = 6}));
  EXPECT_TRUE(check_value(*find_parameter(Api::chat, "top_logprobs"),
                          {.kind = Kind::number, .number = 20}));
}

}  // namespace
}  // namespace llf::gateway
