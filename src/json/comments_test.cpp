#include "json/comments.hpp"

#include "json/json.hpp"

#include <gtest/gtest.h>

namespace llf::json {
namespace {

TEST(JsonComments, become_white_space) {
  EXPECT_EQ(blank_comments("{} // a"), "{}     ");
  EXPECT_EQ(blank_comments("[1/*a*/,\n/* b\nc */2]// d\n"), "[1     ,\n    \n    2]    \n");
  EXPECT_EQ(blank_comments("/**//***//****/1/** a **/"), "               1         ");
  EXPECT_EQ(blank_comments("no comment"), "no comment");
}

TEST(JsonComments, are_none_in_strings) {
  constexpr std::string_view kText = R"({"a//b": "/* \" // \\", "c": "x" })";
  EXPECT_EQ(blank_comments(kText), kText);
  EXPECT_EQ(blank_comments(R"("\\"//x)"), R"("\\"   )");
}

TEST(JsonComments, without_an_end_are_left) {
  for (const auto* text : {"{/* a", "/*/", "/", "1 / 2 // a", "\"// a", "\"\\", "\""}) {
    EXPECT_EQ(blank_comments(text), text);
  }
}

TEST(JsonComments, of_any_length_hide_nothing) {
  for (const auto* text : {"{/**/\"a\":1}", "{/***/\"a\":1}", "{/****/\"a\":1}",
                           "{/** x **/ \"a\": 1, /* y */}", "{/*\xff*/\"a\":1}"}) {
    const auto value = parse(text, {.comments = true});
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(value->at("a"), 1);
  }
  EXPECT_EQ(parse("{\n/* a", {.comments = true}).error().message.substr(0, 16), "line 2, column 1");
}

}  // namespace
}  // namespace llf::json
