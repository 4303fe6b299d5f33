#include "json/locate.hpp"

#include "json/json.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string_view>
#include <vector>

namespace llf::json {
namespace {

using Path = std::vector<std::string_view>;

/// The value's text, "none" when there is no such member.
std::string value_at(std::string_view text, const Path& path) {
  EXPECT_TRUE(parse(text, {.comments = true})) << text;
  const auto member = locate(text, path);
  return member ? std::string(text.substr(member->value, member->end - member->value)) : "none";
}

TEST(JsonLocate, leads_through_objects) {
  constexpr std::string_view kText = R"({"a": 1, "server": {"port": 80, "on":true}, "z": [1, {}]})";
  EXPECT_EQ(value_at(kText, {"a"}), "1");
  EXPECT_EQ(value_at(kText, {"server"}), R"({"port": 80, "on":true})");
  EXPECT_EQ(value_at(kText, {"server", "port"}), "80");
  EXPECT_EQ(value_at(kText, {"server", "on"}), "true");
  EXPECT_EQ(value_at(kText, {"z"}), "[1, {}]");
  EXPECT_EQ(locate(kText, Path{"a"})->key, 1U);
}

TEST(JsonLocate, says_when_there_is_none) {
  constexpr std::string_view kText = R"({"a": 1, "b": {"c": [{"d": 2}]}})";
  for (const auto& path : {Path{}, Path{"x"}, Path{"a", "x"}, Path{"b", "d"}, Path{"b", "c", "d"},
                           Path{"c"}, Path{"A"}}) {
    EXPECT_EQ(value_at(kText, path), "none");
  }
  for (const auto* text : {"{}", "[]", "1", "\"a\"", " // nothing\n{ }"}) {
    EXPECT_EQ(value_at(text, {"a"}), "none");
  }
}

TEST(JsonLocate, overlooks_what_stands_in_comments_and_strings) {
  constexpr std::string_view kText = R"(// {"a": 0}
    { /* "a": 1, */ "b": "\"a\": 2 // \\", // "a": 3
      "c": {"a": "}"}, /**/ "a" /*:*/ : /* 5 */ 4 // 6
      , }
  )";
  EXPECT_EQ(value_at(kText, {"a"}), "4");
  EXPECT_EQ(value_at(kText, {"b"}), R"("\"a\": 2 // \\")");
  EXPECT_EQ(value_at(kText, {"c", "a"}), R"("}")");
  EXPECT_EQ(value_at(R"({"a":-1.5e3/**/})", {"a"}), "-1.5e3");
}

TEST(JsonLocate, reads_escaped_keys_and_takes_the_last_of_equal_ones) {
  EXPECT_EQ(value_at(R"({"\u0061b": 1})", {"ab"}), "1");
  EXPECT_EQ(value_at(R"({"a": 1, "\u0061": 2})", {"a"}), "2");
  EXPECT_EQ(value_at(R"({"a": {"x": 1}, "a": {"x": 2}})", {"a", "x"}), "2");
}

TEST(JsonLocate, ends_in_texts_that_are_not_valid) {
  for (const auto* text : {"", "{", "{\"", "{\"a", "{\"a\"", "{\"a\":", "{\"a\":[", "{\"a\":{\"b\"",
                           "{\"a\":\"\\", "/*", "//", "{\"a\":}", "{\"a\":]}", "{\"a\"]"}) {
    static_cast<void>(locate(text, Path{"a", "b"}));
  }
}

TEST(JsonPosition, counts_lines_and_columns_from_one) {
  EXPECT_EQ(position("", 0), "line 1, column 1");
  EXPECT_EQ(position("ab\ncd", 1), "line 1, column 2");
  EXPECT_EQ(position("ab\ncd", 3), "line 2, column 1");
  EXPECT_EQ(position("ab\ncd", 99), "line 2, column 3");
}

TEST(Locate, a_string_ends_at_the_quotation_mark_that_is_not_escaped) {
  for (const std::string_view text :
       {R"({"a":"\"","b":1})", R"({"a":"\\","b":1})", R"({"a":"x\\\"y\"","b":1})",
        R"({"a":"","b":1})", R"({"\"a":"\\\\","b":1})"}) {
    const auto member = locate_plain(text, std::array{std::string_view("b")});
    ASSERT_TRUE(member) << text;
    EXPECT_EQ(text.substr(member->value, member->end - member->value), "1") << text;
  }
}

}  // namespace
}  // namespace llf::json
