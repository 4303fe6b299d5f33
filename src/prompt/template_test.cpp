#include "prompt/template.hpp"

#include "base/limits.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::prompt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// What parse_template says against a text.
std::string refusal(std::string_view text) {
  const auto read = parse_template("x", text);
  if (read) return "(accepted)";
  EXPECT_EQ(read.error().kind, ErrorKind::invalid);
  return read.error().message;
}

Template whole() {
  return {.name = "whole",
          .description = "one of everything",
          .category = "tests",
          .tags = {"a", "b"},
          .system = "You are {{who}}.\nBe kind.\n",
          .master = "\n",
          .examples = {{.user = "1+1?", .assistant = "2"}, {.user = "", .assistant = "x\ny"}},
          .prefix = {{.role = "system", .content = "s"}, {.role = "user", .content = "p"}},
          .suffix = {{.role = "assistant", .content = ""}},
          .opening = "So: \"\\ \xC3\xA4",
          .variables = {{"who", "a cat"}, {"_x", std::nullopt}, {"empty", ""}}};
}

TEST(TemplateName, is_what_fits_in_a_file_name_everywhere) {
  for (const auto* name : {"a", "0", "coder", "a-b_c", "9-lives"}) {
    EXPECT_TRUE(is_template_name(name)) << name;
  }
  EXPECT_TRUE(is_template_name(std::string(limits::kPromptName, 'a')));
}

TEST(TemplateName, is_nothing_else) {
  for (const auto* name : {"", "A", "-a", "_a", "a.b", "a/b", "..", "../a", "a b", "\xC3\xA4",
                           "none", "selected", "a\n"}) {
    EXPECT_FALSE(is_template_name(name)) << name;
  }
  EXPECT_FALSE(is_template_name(std::string(limits::kPromptName + 1, 'a')));
  EXPECT_FALSE(is_template_name(std::string_view("a\0b", 3)));
}

TEST(TemplateName, is_made_of_other_names) {
  EXPECT_EQ(as_template_name("coder"), "coder");
  EXPECT_EQ(as_template_name("My  Best_Coder (2).v1"), "my-best_coder-2-v1");
  EXPECT_EQ(as_template_name("__init__"), "init__");
  EXPECT_EQ(as_template_name(std::string(500, 'x')), std::string(limits::kPromptName, 'x'));
  EXPECT_EQ(as_template_name("caf\xC3\xA9 au lait"), "caf-au-lait");
  for (const auto* text : {"", "---", "\xC3\xA4", "None", "/", ".."}) {
    EXPECT_EQ(as_template_name(text), "") << text;
  }
}

TEST(Template, is_read_from_a_file) {
  const auto read = parse_template("pirate", R"({
    // for parties
    "description": "talks like a pirate", "category": "fun", "tags": ["sea", "rum"],
    "system": ["You are a pirate.", "", "Always."],
    "master": "Never say {{word}}.",
    "examples": [{"user": "Hi", "assistant": ["Arr!", "What?"]}],
    "prefix": [{"role": "user", "content": "Listen:"}],
    "suffix": [{"role": "system", "content": "Stay brief."}],
    "opening": "Arr, ",
    "variables": {"word": null, "ship": "Pearl"},
  })");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->name, "pirate");
  EXPECT_EQ(read->description, "talks like a pirate");
  EXPECT_EQ(read->category, "fun");
  EXPECT_THAT(read->tags, ElementsAre("sea", "rum"));
  EXPECT_EQ(read->system, "You are a pirate.\n\nAlways.");
  EXPECT_EQ(read->master, "Never say {{word}}.");
  EXPECT_THAT(read->examples, ElementsAre(Example{.user = "Hi", .assistant = "Arr!\nWhat?"}));
  EXPECT_THAT(read->prefix, ElementsAre(Message{.role = "user", .content = "Listen:"}));
  EXPECT_THAT(read->suffix, ElementsAre(Message{.role = "system", .content = "Stay brief."}));
  EXPECT_EQ(read->opening, "Arr, ");
  EXPECT_EQ(read->variables, (Variables{{"ship", "Pearl"}, {"word", std::nullopt}}));
}

TEST(Template, may_say_nothing) {
  EXPECT_EQ(parse_template("x", "{}"), Template{.name = "x"});
  EXPECT_EQ(parse_template("x", R"({"system": [], "tags": [], "variables": {}})"),
            Template{.name = "x"});
}

TEST(Template, keys_of_the_users_own_are_passed_over) {
  EXPECT_EQ(parse_template("x", R"({"$schema": 1, "_note": {}, "prefix":
                               [{"role": "user", "_why": 1, "content": "c"}]})"),
            (Template{.name = "x", .prefix = {{.role = "user", .content = "c"}}}));
}

TEST(Template, a_variable_may_begin_with_an_underscore) {
  EXPECT_EQ(parse_template("x", R"({"variables": {"_v": "1"}})"),
            (Template{.name = "x", .variables = {{"_v", "1"}}}));
}

TEST(Template, of_a_key_given_twice_the_last_value_counts) {
  EXPECT_EQ(parse_template("x", R"({"tags": ["a"], "tags": ["b"]})"),
            (Template{.name = "x", .tags = {"b"}}));
}

TEST(Template, what_is_no_json_is_told_with_its_place) {
  EXPECT_THAT(refusal("{\n  \"system\": \"a\" \"b\"}"), StartsWith("line 2, column 17: "));
  EXPECT_THAT(refusal(""), StartsWith("line 1, column 1: "));
  EXPECT_THAT(refusal("{\"system\": \"\xFF\"}"), StartsWith("line 1, column 13: "));
}

TEST(Template, what_is_no_object_is_refused) {
  EXPECT_THAT(refusal("// c\n []"), StartsWith("line 2, column 2: it must be an object, such as"));
}

TEST(Template, an_unknown_key_gets_the_nearest) {
  EXPECT_EQ(refusal("{\n \"sytem\": \"x\"}"),
            "line 2, column 2: a prompt template has no 'sytem'. Did you mean 'system'?");
  EXPECT_EQ(refusal(R"({"qqq": 1})"), "line 1, column 2: a prompt template has no 'qqq'.");
  EXPECT_EQ(refusal(R"({"prefix": [{"role": "user", "content": ""},
                    {"role": "user", "content": "", "contents": 1}]})"),
            "line 2, column 53: a prompt template has no 'prefix[1].contents'. Did you mean "
            "'content'?");
}

TEST(Template, a_wrong_type_is_told_with_its_place) {
  EXPECT_EQ(refusal(R"({"system": 7})"),
            "line 1, column 12: system: must be a text, or a list of its lines");
  EXPECT_EQ(refusal(R"({"opening": null})"),
            "line 1, column 13: opening: must be a text, or a list of its lines");
  EXPECT_EQ(refusal(R"({"system": ["a", /* b */ 7]})"),
            "line 1, column 26: system[1]: must be a line of text");
  EXPECT_EQ(refusal(R"({"tags": "a, b"})"), "line 1, column 10: tags: must be a list");
  EXPECT_EQ(refusal(R"({"prefix": {}})"), "line 1, column 12: prefix: must be a list");
  EXPECT_EQ(refusal(R"({"variables": []})"),
            "line 1, column 15: variables: must be an object of names and their values");
  EXPECT_EQ(refusal(R"({"variables": {"a": 1}})"),
            "line 1, column 21: variables.a: must be a text, or a list of its lines");
}

TEST(Template, a_message_and_an_example_need_their_parts) {
  EXPECT_EQ(refusal(R"({"suffix": ["x"]})"),
            R"(line 1, column 13: suffix[0]: must be an object with "role" and "content")");
  EXPECT_EQ(refusal(R"({"suffix": [{"role": "user"}]})"),
            R"(line 1, column 13: suffix[0]: must be an object with "role" and "content")");
  EXPECT_EQ(refusal("{\"examples\": [{\"user\": \"a\", \"assistant\": \"b\"},\n {}]}"),
            R"(line 2, column 2: examples[1]: must be an object with "user" and "assistant")");
}

TEST(Template, only_three_roles_are_there) {
  EXPECT_EQ(refusal(R"({"prefix": [{"content": "x", "role": "tool"}]})"),
            "line 1, column 38: prefix[0].role: there is no role 'tool': it may be system, user, "
            "assistant");
  EXPECT_THAT(
      refusal(R"({"prefix": [{"content": "", "role": ")" + std::string(5000, 'r') + "\"}]}"),
      testing::SizeIs(testing::Lt(200)));
}

TEST(Template, the_name_of_a_variable_is_checked) {
  EXPECT_THAT(refusal("{\"variables\": {\"a\": \"1\",\n\"b-c\": \"2\"}}"),
              StartsWith("line 2, column 1: variables.b-c: the name of a variable has"));
  EXPECT_THAT(refusal(R"({"variables": {"$c": "1"}})"), HasSubstr("the name of a variable has"));
}

TEST(Template, a_file_that_is_too_long_is_refused) {
  const std::string most(limits::kPromptFile.bytes() - 2, ' ');
  EXPECT_TRUE(parse_template("x", "{" + most + "}"));
  const auto read = parse_template("x", "{" + most + " }");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::too_large);
}

TEST(WrittenTemplate, is_read_as_the_same) {
  const auto text = write_template(whole());
  EXPECT_EQ(parse_template("whole", text), whole()) << text;
}

TEST(WrittenTemplate, has_no_empty_members_and_lists_lines) {
  EXPECT_EQ(write_template({.name = "x"}), "{}\n");
  EXPECT_EQ(write_template({.name = "x", .system = "a\nb", .opening = "c"}),
            "{\n  \"system\": [\n    \"a\",\n    \"b\"\n  ],\n  \"opening\": \"c\"\n}\n");
}

TEST(WrittenTemplate, of_very_many_lines_can_be_read_too) {
  std::string escapes;
  for (int i = 0; i < 100'000; ++i) escapes += "\\n";
  const auto read = parse_template("x", fmt::format(R"({{"system": "{}"}})", escapes));
  ASSERT_TRUE(read);
  EXPECT_EQ(parse_template("x", write_template(*read)), *read);
}

}  // namespace
}  // namespace llf::prompt
