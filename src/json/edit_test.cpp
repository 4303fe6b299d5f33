#include "json/edit.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace llf::json {
namespace {

using Path = std::vector<std::string_view>;

std::string set(std::string_view text, const Path& path, const Value& value) {
  const auto edited = set_member(text, path, value);
  return edited ? *edited : edited.error().message;
}

std::string removed(std::string_view text, const Path& path) {
  const auto edited = remove_member(text, path);
  return edited ? *edited : edited.error().message;
}

constexpr std::string_view kFile = R"(// mine
{
  "server": {
    "port": 8000, // the usual one
    "host": "::1" /* six */
  },
  "mine": [1,   2],
}
)";

TEST(JsonEdit, a_value_is_replaced_where_it_stands) {
  EXPECT_EQ(set(R"({"a":1, "b" : {"c":[1]} })", {"b", "c"}, "x"), R"({"a":1, "b" : {"c":"x"} })");
  EXPECT_EQ(set(kFile, {"server", "port"}, 1), R"(// mine
{
  "server": {
    "port": 1, // the usual one
    "host": "::1" /* six */
  },
  "mine": [1,   2],
}
)");
  EXPECT_EQ(set(R"({"a":1,"a":2})", {"a"}, 3), R"({"a":1,"a":3})");
}

TEST(JsonEdit, a_new_member_goes_behind_the_last_in_its_style) {
  EXPECT_EQ(set(kFile, {"server", "idle"}, true), R"(// mine
{
  "server": {
    "port": 8000, // the usual one
    "host": "::1", /* six */
    "idle": true
  },
  "mine": [1,   2],
}
)");
  EXPECT_EQ(set(kFile, {"log", "level"}, "warn"), R"(// mine
{
  "server": {
    "port": 8000, // the usual one
    "host": "::1" /* six */
  },
  "mine": [1,   2],
  "log": {"level": "warn"},
}
)");
  EXPECT_EQ(set(R"({"a": 1})", {"b"}, 2), R"({"a": 1, "b": 2})");
  EXPECT_EQ(set("{\n\t\"a\": 1 // one\n}", {"b"}, 2), "{\n\t\"a\": 1, // one\n\t\"b\": 2\n}");
}

TEST(JsonEdit, an_empty_object_or_text_gets_its_first_member) {
  EXPECT_EQ(set("", {"a", "b"}, 1), "{\n  \"a\": {\"b\": 1}\n}\n");
  EXPECT_EQ(set("{}", {"a"}, 1), "{\n  \"a\": 1\n}");
  EXPECT_EQ(set("{\n  // nothing\n}\n", {"a"}, 1), "{\n  // nothing\n  \"a\": 1\n}\n");
  EXPECT_EQ(set("{\n  \"s\": {}\n}", {"s", "a"}, 1), "{\n  \"s\": {\n    \"a\": 1\n  }\n}");
}

TEST(JsonEdit, what_stands_in_the_way_is_told) {
  EXPECT_EQ(set("{\n\"a\": 1}", {"a", "b"}, 1), "line 2, column 6: 'a' is no object");
  EXPECT_EQ(set("[]", {"a"}, 1), "it must be a JSON object");
  EXPECT_EQ(set("{", {"a"}, 1), "line 1, column 2: the text ends too early");
}

TEST(JsonEdit, a_member_goes_with_its_line_and_comma) {
  EXPECT_EQ(removed(kFile, {"server", "host"}), R"(// mine
{
  "server": {
    "port": 8000 // the usual one
    /* six */
  },
  "mine": [1,   2],
}
)");
  EXPECT_EQ(removed(kFile, {"mine"}), R"(// mine
{
  "server": {
    "port": 8000, // the usual one
    "host": "::1" /* six */
  },
}
)");
  EXPECT_EQ(removed(R"({"a": 1, "b": 2})", {"b"}), R"({"a": 1 })");
  EXPECT_EQ(removed(R"({"a": 1, "b": 2})", {"a"}), R"({ "b": 2})");
  EXPECT_EQ(removed(R"({"a":1,"b":2,"a":3})", {"a"}), R"({"b":2})");
  EXPECT_EQ(removed(R"({"a":1})", {"a"}), "{}");
  EXPECT_EQ(removed(kFile, {"none"}), kFile);
}

}  // namespace
}  // namespace llf::json
