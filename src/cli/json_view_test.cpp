#include "cli/json_view.hpp"

#include <gtest/gtest.h>

namespace llf::cli {
namespace {

TEST(JsonView, gives_nothing_for_what_is_not_there) {
  const auto object = json::parse(R"({"text": "a\u001b[2J\nb", "number": 7, "minus": -3,
    "null": null, "object": {"x": 1}, "list": [1, 2]})")
                          .value()
                          .get_object();
  EXPECT_EQ(text_in(object, "text"), "a b");
  EXPECT_EQ(number_in(object, "number"), 7);
  EXPECT_EQ(number_in(object, "minus"), 0);
  EXPECT_EQ(object_in(object, "object").size(), 1U);
  EXPECT_EQ(list_in(object, "list").size(), 2U);
  for (const auto* key : {"absent", "null", "object", "number"}) {
    EXPECT_EQ(text_in(object, key), "") << key;
    EXPECT_TRUE(list_in(object, key).empty()) << key;
  }
  EXPECT_EQ(number_in(object, "text"), 0);
  EXPECT_TRUE(object_in(object, "text").empty());
  EXPECT_EQ(bytes_text(2'500'000'000), "2.5 GB");
  EXPECT_EQ(bytes_text(-1), "0 B");
}

}  // namespace
}  // namespace llf::cli
