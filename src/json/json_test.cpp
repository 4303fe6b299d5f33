#include "json/json.hpp"

#include <gtest/gtest.h>

namespace llf::json {
namespace {

TEST(Json, parses_and_writes_a_value_unchanged) {
  const auto value = parse(R"({"a":[1,2.5,null,true],"b":"é"})");
  ASSERT_TRUE(value);
  EXPECT_EQ(write(*value), R"({"a":[1,2.5,null,true],"b":"é"})");
}

TEST(Json, an_error_names_line_and_column) {
  const auto value = parse("{\n  \"a\": 1,\n  b\n}");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, ErrorKind::invalid);
  EXPECT_EQ(value.error().message, "line 3, column 3: not valid JSON");
}

TEST(Json, every_prefix_of_a_text_is_refused) {
  constexpr std::string_view kText = R"({"a":[1,{"b":"c\u00e9"},true]})";
  for (std::size_t n = 0; n < kText.size(); ++n) {
    EXPECT_FALSE(parse(kText.substr(0, n))) << n;
  }
  EXPECT_TRUE(parse(kText));
}

TEST(Json, what_follows_the_value_is_refused) {
  EXPECT_FALSE(parse("{} {}"));
  EXPECT_TRUE(parse("{} \n"));
}

TEST(Json, depth_is_bounded_at_the_limit) {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  EXPECT_TRUE(parse(nested(limits::kJsonDepth)));
  const auto deep = parse(nested(limits::kJsonDepth + 1));
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().kind, ErrorKind::too_large);
}

TEST(Json, invalid_utf8_is_refused) {
  EXPECT_FALSE(parse("\"\xff\""));
  EXPECT_FALSE(parse("\"\xc0\xaf\""));
}

TEST(Json, what_is_written_is_valid_whatever_its_strings_are) {
  const Value value{{"name", "caf\xE9"}, {"\xFF", 1}};
  EXPECT_EQ(write(value), "{\"name\":\"caf\xEF\xBF\xBD\",\"\xEF\xBF\xBD\":1}");
  EXPECT_TRUE(parse(write(value)));
  EXPECT_TRUE(parse(write_pretty(value)));
}

TEST(Json, a_number_that_is_not_finite_is_refused_where_it_ends) {
  EXPECT_EQ(parse("[1,\n 1e400]").error().message, "line 2, column 7: a number that is too large");
  EXPECT_EQ(parse("{\"a\":0e400}").error().kind, ErrorKind::invalid);
  EXPECT_TRUE(parse("1e308"));
  EXPECT_FALSE(parse("// c\n-1e999", {.comments = true}));
}

TEST(Json, comments_and_trailing_commas_only_where_allowed) {
  constexpr std::string_view kText = "{ // port\n \"port\": 8000, }";
  EXPECT_FALSE(parse(kText));
  EXPECT_TRUE(parse(kText, {.comments = true}));
}

TEST(Json, look_ups_name_the_key_and_the_type) {
  const auto object = parse(R"({"s":"x","n":3,"b":true,"f":1.5,"z":null})")->get_object();
  EXPECT_EQ(get_string(object, "s"), "x");
  EXPECT_EQ(get_int(object, "n"), 3);
  EXPECT_EQ(get_bool(object, "b"), true);
  EXPECT_EQ(get_string(object, "n").error().message, "'n' must be a string");
  EXPECT_EQ(get_int(object, "f").error().message, "'f' must be a whole number");
  EXPECT_EQ(get_bool(object, "missing").error().message, "'missing' must be true or false");
}

TEST(Json, a_default_is_for_absent_keys_only) {
  const auto object = parse(R"({"s":"x","z":null})")->get_object();
  EXPECT_EQ(get_string_or(object, "none", "d"), "d");
  EXPECT_EQ(get_string_or(object, "z", "d"), "d");
  EXPECT_FALSE(get_int_or(object, "s", 1));
  EXPECT_EQ(get_int_or(object, "none", 7), 7);
  EXPECT_EQ(get_flag(object, "none"), false);
  EXPECT_FALSE(get_flag(object, "s"));
}

TEST(Json, pretty_text_parses_back_to_the_same_value) {
  const auto value = parse(R"({"a":[1,[],{}],"b":{"c":"d\n"}})");
  const auto pretty = write_pretty(*value);
  EXPECT_EQ(parse(pretty), value);
  EXPECT_EQ(pretty.front(), '{');
  EXPECT_NE(pretty.find("\n  \"a\": [\n    1,"), std::string::npos);
}

TEST(Json, as_object_refuses_another_type) {
  EXPECT_TRUE(as_object(*parse("{}"), "the body"));
  EXPECT_EQ(as_object(*parse("[]"), "the body").error().message, "the body must be a JSON object");
}

}  // namespace
}  // namespace llf::json
