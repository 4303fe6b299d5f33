#include "prompt/variables.hpp"

#include "base/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::prompt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// The text with these values; for an error, its message.
std::string filled(std::string_view text, const Values& values = {}) {
  const auto result = fill({.name = "t", .system = std::string(text)}, values);
  return result ? result->system : result.error().message;
}

TEST(VariableName, has_letters_digits_and_underscores) {
  for (const auto* name : {"a", "_", "A9", "long_name", "_1"}) {
    EXPECT_TRUE(is_variable_name(name)) << name;
  }
  for (const auto* name : {"", "9a", "a-b", "a b", "a.b", "\xC3\xA4", " a"}) {
    EXPECT_FALSE(is_variable_name(name)) << name;
  }
}

TEST(Fill, puts_values_in_place_of_variables) {
  EXPECT_EQ(filled("{{a}}{{b}} and {{a}}", {{"a", "1"}, {"b", "2"}}), "12 and 1");
}

TEST(Fill, white_space_in_the_braces_does_not_matter) {
  EXPECT_EQ(filled("[{{ a }}{{\n\ta\n}}{{ b :: c d }}]", {{"a", "1"}}), "[11c d]");
}

TEST(Fill, a_default_stands_where_there_is_no_value) {
  EXPECT_EQ(filled("{{a::x}}{{a::}}{{a :: y::z}}"), "xy::z");
  EXPECT_EQ(filled("{{a::x}}", {{"a", ""}}), "");
}

TEST(Fill, a_given_value_wins_over_the_templates_and_that_over_the_place) {
  const Template source{.name = "t",
                        .system = "{{a::3}}{{b::3}}{{c::3}}{{d::3}}",
                        .variables = {{"a", "2"}, {"b", "2"}, {"c", std::nullopt}}};
  const auto result = fill(source, {{"a", "1"}});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->system, "1233");
}

TEST(Fill, fills_every_text_that_a_model_gets) {
  const Template source{.name = "t",
                        .description = "{{a}}",
                        .category = "{{a}}",
                        .tags = {"{{a}}"},
                        .system = "{{a}}",
                        .master = "{{a}}",
                        .examples = {{.user = "{{a}}", .assistant = "{{a}}"}},
                        .prefix = {{.role = "user", .content = "{{a}}"}},
                        .suffix = {{.role = "user", .content = "{{a}}"}},
                        .opening = "{{a}}",
                        .variables = {{"a", "1"}}};
  const Template expected{.name = "t",
                          .description = "{{a}}",
                          .category = "{{a}}",
                          .tags = {"{{a}}"},
                          .system = "1",
                          .master = "1",
                          .examples = {{.user = "1", .assistant = "1"}},
                          .prefix = {{.role = "user", .content = "1"}},
                          .suffix = {{.role = "user", .content = "1"}},
                          .opening = "1",
                          .variables = {}};
  EXPECT_EQ(fill(source, {}), expected);
}

TEST(Fill, values_are_not_looked_through_again) {
  EXPECT_EQ(filled("{{a}}{{b::x}}", {{"a", "{{b}}"}, {"b", "\\{{a}}"}}), "{{b}}\\{{a}}");
  EXPECT_EQ(filled("{{a}}b}}", {{"a", "{{"}}), "{{b}}");
}

TEST(Fill, a_backslash_makes_braces_of_braces) {
  EXPECT_EQ(filled("\\{{a}} \\{{ {{a}} \\\\{{a}} \\a", {{"a", "1"}}), "{{a}} {{ 1 \\{{a}} \\a");
}

TEST(Fill, what_is_no_variable_by_its_form_stays) {
  for (const auto* text : {"{a}", "{{}}", "{{ }}", "{{a", "{{a}", "{{9}}", "{{a-b}}", "{{a b}}",
                           "{{::x}}", "}}{{", "{", "{{", "", "{{a:b}}", "{{{{", "{{a::b"}) {
    EXPECT_EQ(filled(text, {{"a", "1"}, {"b", "2"}}), text);
  }
}

TEST(Fill, variables_stand_anywhere_between_braces) {
  const Values values{{"a", "1"}, {"b", "2"}};
  EXPECT_EQ(filled("{{{a}}}", values), "{1}");
  EXPECT_EQ(filled("{\"k\":{{a}}}", values), "{\"k\":1}");
  EXPECT_EQ(filled("{{x::{{b}}}}", values), "{{x::2}}");
  EXPECT_EQ(filled("{{x::{y}}}", values), "{y}");
  EXPECT_EQ(filled("{{ {{a}} }}", values), "{{ 1 }}");
}

TEST(Fill, names_each_variable_without_a_value) {
  const Template source{.name = "trip",
                        .system = "{{to}} {{by::foot}} {{to}}",
                        .opening = "{{from}}",
                        .variables = {{"to", std::nullopt}}};
  const auto result = fill(source, {{"other", "x"}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::invalid);
  EXPECT_THAT(result.error().message, HasSubstr("'trip' needs a value for 'from', 'to'"));
  EXPECT_THAT(result.error().message, HasSubstr("prompts.variables.from"));
  EXPECT_THAT(result.error().message, Not(HasSubstr("'by'")));
}

TEST(Fill, one_place_with_a_default_does_not_help_another) {
  EXPECT_THAT(filled("{{a::x}} {{a}}"), HasSubstr("needs a value for 'a'"));
}

TEST(Fill, a_variable_that_no_text_uses_needs_no_value) {
  EXPECT_TRUE(fill({.name = "t", .system = "s", .variables = {{"a", std::nullopt}}}, {}));
}

TEST(Fill, what_becomes_too_long_is_refused) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "{{a}}";
  const auto result = fill({.name = "t", .system = text}, {{"a", std::string(10'000, 'x')}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::too_large);
}

TEST(Fill, many_braces_take_no_time) {
  std::string text;
  while (text.size() < limits::kPromptFile.bytes()) text += "{{a::";
  EXPECT_EQ(filled(text), text);
}

TEST(VariablesOf, are_those_of_texts_and_those_that_are_declared) {
  const Template source{.name = "t",
                        .description = "{{no}}",
                        .system = "{{c}} {{a::1}} \\{{no}} {{c}}",
                        .suffix = {{.role = "user", .content = "{{ B }}"}},
                        .variables = {{"d", "x"}, {"c", std::nullopt}}};
  EXPECT_THAT(variables_of(source), ElementsAre("B", "a", "c", "d"));
  EXPECT_THAT(variables_of({}), IsEmpty());
}

}  // namespace
}  // namespace llf::prompt
