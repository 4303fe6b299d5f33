#include "prompt/legacy.hpp"

#include "base/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::prompt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kWhole = R"({
  "system_prompt": "You are {{who::a cat}}.",
  "master_prompt": "Be kind.",
  "prefix_messages": [{"role": "user", "content": "p"}],
  "suffix_messages": [{"role": "system", "content": "s"}],
  "assistant_prompt": "Meow",
  "conversation_format": "standard",
  "custom_format": null
})";

TEST(Legacy, a_whole_prompt_becomes_a_template) {
  const auto converted = convert_legacy("cat", {.prompt = kWhole, .facts = ""});
  ASSERT_TRUE(converted) << converted.error().message;
  EXPECT_EQ(converted->content, (Template{.name = "cat",
                                          .system = "You are {{who::a cat}}.",
                                          .master = "Be kind.",
                                          .prefix = {{.role = "user", .content = "p"}},
                                          .suffix = {{.role = "system", .content = "s"}},
                                          .opening = "Meow"}));
  EXPECT_THAT(converted->notes, IsEmpty());
}

TEST(Legacy, empty_values_are_nothing) {
  const auto converted =
      convert_legacy("x", {.prompt = R"({"system_prompt": null, "master_prompt": "",
                                         "prefix_messages": null, "suffix_messages": []})",
                           .facts = "{}"});
  ASSERT_TRUE(converted);
  EXPECT_EQ(converted->content, Template{.name = "x"});
  EXPECT_THAT(converted->notes, IsEmpty());
}

TEST(Legacy, the_facts_of_a_templates_folder_are_taken) {
  const auto converted = convert_legacy(
      "x", {.prompt = R"({"system_prompt": "s"})",
            .facts = R"({"name": "x", "display_name": "X", "description": "d", "category": "c",
                         "author": "a", "version": "1.0", "tags": ["t", "u"]})"});
  ASSERT_TRUE(converted) << converted.error().message;
  EXPECT_EQ(converted->content.description, "d");
  EXPECT_EQ(converted->content.category, "c");
  EXPECT_THAT(converted->content.tags, ElementsAre("t", "u"));
  EXPECT_THAT(converted->notes, ElementsAre("'author', 'version' were not taken: prompt templates "
                                            "have no such keys"));
}

TEST(Legacy, what_had_no_effect_is_noted) {
  const auto converted = convert_legacy(
      "x", {.prompt = R"({"conversation_format": {"separator": "\n"}, "custom_format": {},
                          "injected_messages": []})",
            .facts = ""});
  ASSERT_TRUE(converted);
  EXPECT_THAT(converted->notes,
              ElementsAre("'conversation_format' was not taken: it never had an effect",
                          "'custom_format' was not taken: it never had an effect",
                          "'injected_messages' was not taken: prompt templates have no such key"));
}

TEST(Legacy, messages_that_no_model_would_get_are_noted) {
  const auto converted =
      convert_legacy("x", {.prompt = R"({"prefix_messages": [{"role": "user", "content": "a"}, 7,
            {"role": "tool", "content": "b"}, {"role": "user"}, {"content": "c"},
            {"role": "user", "content": ["d"]}, {"role": "assistant", "content": "e"}]})",
                           .facts = ""});
  ASSERT_TRUE(converted);
  EXPECT_THAT(converted->content.prefix, ElementsAre(Message{.role = "user", .content = "a"},
                                                     Message{.role = "assistant", .content = "e"}));
  EXPECT_THAT(converted->notes,
              ElementsAre("'prefix_messages[1]' was not taken: it must be a JSON object",
                          "'prefix_messages[2]' was not taken: there is no role 'tool'",
                          "'prefix_messages[3]' was not taken: 'content' must be a string",
                          "'prefix_messages[4]' was not taken: 'role' must be a string",
                          "'prefix_messages[5]' was not taken: 'content' must be a string"));
}

TEST(Legacy, what_cannot_be_read_is_told_with_its_place) {
  const auto refusal = [](std::string_view prompt, std::string_view facts) {
    const auto converted = convert_legacy("x", {.prompt = prompt, .facts = facts});
    return converted ? "(accepted)" : converted.error().message;
  };
  EXPECT_EQ(refusal("{\n\"system_prompt\": 7}", ""),
            "line 2, column 18: system_prompt: must be a text");
  EXPECT_EQ(refusal(R"({"prefix_messages": "x"})", ""),
            "line 1, column 21: prefix_messages: must be a list");
  EXPECT_THAT(refusal("{\n,", ""), HasSubstr("line 2, column 1"));
  EXPECT_EQ(refusal("[]", ""), "it must be a JSON object");
  EXPECT_EQ(refusal("{}", R"({"tags": [1]})"),
            "config.json: line 1, column 10: tags: must be a list of texts");
}

TEST(Legacy, what_is_too_long_is_refused) {
  const auto converted = convert_legacy(
      "x", {.prompt = std::string(limits::kPromptFile.bytes() + 1, ' '), .facts = ""});
  ASSERT_FALSE(converted);
  EXPECT_EQ(converted.error().kind, ErrorKind::too_large);
}

TEST(Legacy, its_files_are_told_from_ours) {
  EXPECT_TRUE(is_legacy(kWhole));
  EXPECT_TRUE(is_legacy(R"({"assistant_prompt": null})"));
  for (const auto* text : {"{}", R"({"system": "s"})", "[]", "", "{", R"("system_prompt")"}) {
    EXPECT_FALSE(is_legacy(text)) << text;
  }
}

}  // namespace
}  // namespace llf::prompt
