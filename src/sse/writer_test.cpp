#include "sse/writer.hpp"

#include "sse/parser.hpp"

#include <gtest/gtest.h>

namespace llf::sse {
namespace {

Event read_back(const std::string& text) {
  Parser parser;
  parser.feed(text);
  auto event = parser.next();
  EXPECT_TRUE(event && *event);
  EXPECT_FALSE(parser.in_event());
  return event && *event ? **event : Event{};
}

TEST(SseWriter, one_line_is_one_field) {
  EXPECT_EQ(event("{}"), "data: {}\n\n");
}

TEST(SseWriter, a_type_comes_first) {
  EXPECT_EQ(event("error", "{}"), "event: error\ndata: {}\n\n");
}

TEST(SseWriter, a_comment_is_no_event) {
  Parser parser;
  parser.feed(comment("ping"));
  const auto none = parser.next();
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
}

TEST(SseWriter, what_is_written_is_read_back) {
  for (const std::string_view data : {"", " x", "a\nb", "\n", "a\n\nb\n", "data: x", ": c"}) {
    EXPECT_EQ(read_back(event(data)).data, data);
    EXPECT_EQ(read_back(event("t", data)),
              (Event{.type = "t", .data = std::string(data), .id = ""}));
  }
}

TEST(SseWriter, other_line_ends_come_back_as_newlines) {
  EXPECT_EQ(read_back(event("a\r\nb\rc")).data, "a\nb\nc");
}

}  // namespace
}  // namespace llf::sse
