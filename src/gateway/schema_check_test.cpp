#include "gateway/schema_check.hpp"

#include "base/limits.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace llf::gateway {
namespace {

std::string said(std::string_view schema) {
  const auto value = json::parse(schema, {.max_depth = 200});
  EXPECT_TRUE(value) << schema;
  SchemaCheck check;
  const auto fits = check.check(*value);
  return fits ? "fits" : fits.error().message;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(SchemaCheck, an_ordinary_schema_fits) {
  EXPECT_EQ(said(R"({"type":"object","properties":{"name":{"type":"string","maxLength":100,
                     "pattern":"^[a-z(]+(x|y)$"},"next":{"$ref":"#/$defs/a"}},
                     "required":["name"],"$defs":{"a":{"type":"array","minItems":1}}})"),
            "fits");
}

TEST(SchemaCheck, SEC21_what_makes_a_grammar_too_large_is_refused) {
  const auto deep = repeated(R"({"a":)", 40) + "1" + repeated("}", 40);
  EXPECT_THAT(said(deep), testing::HasSubstr("nested"));
  EXPECT_THAT(said("[" + repeated("{},", limits::kSchemaNodes) + "1]"),
              testing::HasSubstr("objects and lists"));
  EXPECT_THAT(said(fmt::format(R"({{"pattern":"{}"}})", std::string(600, 'a'))),
              testing::HasSubstr("pattern"));
  EXPECT_THAT(
      said(fmt::format(R"({{"pattern":"{}{}"}})", std::string(40, '('), std::string(40, ')'))),
      testing::HasSubstr("nested"));
  EXPECT_THAT(said(R"({"maxLength":100000})"), testing::HasSubstr("maxLength"));
  EXPECT_THAT(said(R"({"minItems":1e9})"), testing::HasSubstr("minItems"));
  EXPECT_THAT(said(R"({"$ref":"https://example.com/s.json"})"), testing::HasSubstr("$ref"));
}

TEST(SchemaCheck, values_of_all_schemas_of_a_request_count) {
  SchemaCheck check;
  const auto half = json::parse("[" + repeated("{},", limits::kSchemaNodes / 2) + "1]");
  EXPECT_TRUE(check.check(*half));
  EXPECT_FALSE(check.check(*half));
}

// The engine would take all memory for them, and never answer.
TEST(SchemaCheck, SEC21_a_repetition_the_wrong_way_round_is_refused) {
  for (const auto* schema :
       {R"({"type":"string","pattern":"^a{2,1}$"})", R"({"minItems":5,"maxItems":2})",
        R"({"type":"string","minLength":5,"maxLength":2})", R"({"minimum":10,"maximum":1})",
        R"({"pattern":"(x{9}){3,99999}"})"}) {
    EXPECT_NE(said(schema), "fits") << schema;
  }
  EXPECT_EQ(said(R"({"pattern":"a{1,2}[{9,1}]\\{9,1}b{3}c{2,}","minItems":2,"maxItems":2})"),
            "fits");
}

TEST(GrammarCheck, SEC21_neither_texts_nor_comments_hide_anything) {
  EXPECT_TRUE(check_grammar("root ::= \"a\"{1,2} # ((((\n | \"{2,1}\" | [\"{] \"\\\"\""));
  EXPECT_FALSE(check_grammar("root ::= \"a\"{2,1}"));
  EXPECT_FALSE(check_grammar("root ::= # \"\n" + std::string(60, '(') + std::string(60, ')')));
  EXPECT_FALSE(check_grammar("root ::= # [\n" + std::string(60, '(') + std::string(60, ')')));
}

TEST(GrammarCheck, SEC21_a_long_or_deep_one_is_refused) {
  EXPECT_TRUE(check_grammar(R"(root ::= "yes" | ("no" [(]) | "((((((")"));
  EXPECT_FALSE(check_grammar("root ::= " + std::string(60'000, '(') + std::string(60'000, ')')));
  EXPECT_FALSE(check_grammar("root ::= " + std::string(50, '(') + "a" + std::string(50, ')')));
  EXPECT_FALSE(check_grammar(std::string(limits::kGrammarText.bytes() + 1, 'a')));
}

}  // namespace
}  // namespace llf::gateway
