#include "sse/parser.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace llf::sse {
namespace {

struct Parsed {
  std::vector<Event> events;
  std::optional<Error> error;
};

void drain(Parser& parser, Parsed& out) {
  while (!out.error) {
    auto event = parser.next();
    if (!event) {
      out.error = event.error();
    } else if (*event) {
      out.events.push_back(**event);
    } else {
      return;
    }
  }
}

Parsed parse(std::string_view text, ParserLimits limits = {}) {
  Parser parser(limits);
  Parsed out;
  parser.feed(text);
  drain(parser, out);
  return out;
}

std::vector<std::string> data_of(const Parsed& parsed) {
  std::vector<std::string> out;
  for (const auto& event : parsed.events) out.push_back(event.data);
  return out;
}

using Strings = std::vector<std::string>;

TEST(SseParser, one_event_ends_at_an_empty_line) {
  EXPECT_EQ(data_of(parse("data: hello\n\n")), Strings{"hello"});
}

TEST(SseParser, cr_lf_and_crlf_end_lines) {
  EXPECT_EQ(data_of(parse("data: a\r\rdata: b\n\ndata: c\r\n\r\n")), (Strings{"a", "b", "c"}));
}

TEST(SseParser, mixed_line_ends_within_an_event_hold) {
  EXPECT_EQ(data_of(parse("data: a\rdata: b\r\ndata: c\n\n")), Strings{"a\nb\nc"});
}

TEST(SseParser, data_lines_are_joined) {
  EXPECT_EQ(data_of(parse("data: YHOO\ndata: +2\ndata: 10\n\n")), Strings{"YHOO\n+2\n10"});
}

TEST(SseParser, empty_data_lines_count) {
  EXPECT_EQ(data_of(parse("data\n\ndata\ndata\n\ndata:")), (Strings{"", "\n"}));
}

TEST(SseParser, one_leading_space_is_dropped) {
  EXPECT_EQ(data_of(parse("data:test\n\ndata: test\n\ndata:  test\n\n")),
            (Strings{"test", "test", " test"}));
}

TEST(SseParser, comments_and_unknown_fields_are_dropped) {
  EXPECT_EQ(data_of(parse(": ping\n\n:\nnonsense: 1\ndata: x\nfoo\n\n")), Strings{"x"});
}

TEST(SseParser, a_byte_order_mark_may_come_first_only) {
  EXPECT_EQ(data_of(parse("\xEF\xBB\xBF"
                          "data: x\n\n\xEF\xBB\xBF"
                          "data: y\n\n")),
            Strings{"x"});
}

TEST(SseParser, types_and_ids_are_kept) {
  const auto parsed = parse("event: add\nid: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n");
  EXPECT_EQ(parsed.events, (std::vector<Event>{{.type = "add", .data = "a", .id = "1"},
                                               {.type = "message", .data = "b", .id = "1"},
                                               {.type = "message", .data = "c", .id = ""}}));
}

TEST(SseParser, an_event_without_data_is_none_and_its_type_is_forgotten) {
  const auto parsed = parse("event: add\n\ndata: x\n\n");
  EXPECT_EQ(parsed.events, (std::vector<Event>{{.type = "message", .data = "x", .id = ""}}));
}

TEST(SseParser, an_id_with_a_nul_is_ignored) {
  const auto parsed = parse(std::string_view("id: a\0b\ndata: x\n\n", 17));
  ASSERT_EQ(parsed.events.size(), 1U);
  EXPECT_EQ(parsed.events[0].id, "");
}

TEST(SseParser, retry_takes_digits_only) {
  Parser parser;
  Parsed out;
  parser.feed("retry: 10x\n\n");
  drain(parser, out);
  EXPECT_FALSE(parser.retry());
  parser.feed("retry: 1500\n\n");
  drain(parser, out);
  EXPECT_EQ(parser.retry(), std::chrono::milliseconds(1500));
}

TEST(SseParser, what_the_end_cuts_is_no_event) {
  Parser parser;
  Parsed out;
  parser.feed("data: done\n\ndata: cut\n");
  drain(parser, out);
  EXPECT_EQ(data_of(out), Strings{"done"});
  EXPECT_TRUE(parser.in_event());
  parser.feed("\n");
  drain(parser, out);
  EXPECT_FALSE(parser.in_event());
}

TEST(SseParser, every_split_in_two_gives_the_same_events) {
  const std::string text =
      "\xEF\xBB\xBF: hi\r\n\r\nevent: add\r\ndata: \xF0\x9F\x8D\xA8\r\ndata: 2\r\rid: "
      "7\ndata:x\n\ndata: [DONE]\r\n\r\n";
  const auto whole = parse(text).events;
  ASSERT_EQ(whole.size(), 3U);
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Parser parser;
    Parsed out;
    parser.feed(std::string_view(text).substr(0, cut));
    drain(parser, out);
    parser.feed(std::string_view(text).substr(cut));
    drain(parser, out);
    EXPECT_EQ(out.events, whole) << "cut at " << cut;
  }
}

TEST(SseParser, byte_by_byte_gives_the_same_events) {
  const std::string text = "data: a\r\ndata: b\r\n\r\nevent: e\rdata: c\r\rdata: d\n\n";
  Parser parser;
  Parsed out;
  for (const char c : text) {
    parser.feed(std::string_view(&c, 1));
    drain(parser, out);
  }
  EXPECT_EQ(out.events, parse(text).events);
}

TEST(SseParser, a_line_past_the_limit_is_an_error_that_stays) {
  Parser parser({.line = ByteSize(16), .event = ByteSize(100)});
  Parsed out;
  parser.feed("data: x\n\ndata: 0123456789");
  drain(parser, out);
  EXPECT_FALSE(out.error);
  EXPECT_EQ(data_of(out), Strings{"x"});
  parser.feed("0");
  drain(parser, out);
  ASSERT_TRUE(out.error);
  EXPECT_EQ(out.error->kind, ErrorKind::too_large);
  parser.feed("\n\ndata: y\n\n");
  EXPECT_FALSE(parser.next());
}

TEST(SseParser, an_event_past_the_limit_is_an_error) {
  const auto parsed =
      parse("data: 0123\ndata: 4567\n\n", {.line = ByteSize(16), .event = ByteSize(8)});
  ASSERT_TRUE(parsed.error);
  EXPECT_EQ(parsed.error->kind, ErrorKind::too_large);
  EXPECT_TRUE(parsed.events.empty());
}

TEST(SseParserModel, random_bytes_in_random_pieces_never_differ_from_the_whole) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const std::array<std::string_view, 12> words{
      "data", ":", " ", "\r", "\n", "\r\n", "id", "event:", "\n\n", "x", "\xC3\xA9", "retry: 1"};
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    const auto count = random() % 40;
    for (std::size_t i = 0; i < count; ++i) text += words[random() % words.size()];
    Parser parser;
    Parsed out;
    for (std::size_t at = 0; at < text.size();) {
      const auto length = 1 + random() % 5;
      parser.feed(std::string_view(text).substr(at, length));
      at += length;
      drain(parser, out);
    }
    ASSERT_EQ(out.events, parse(text).events) << ::testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace llf::sse
