#include "text/safe_text.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace llf::text {
namespace {

TEST(SafeText, plain_text_is_left_alone) {
  for (const std::string_view text :
       {"", "Hello.\n\tA tab, a ~ and a \"quote\".\n", "žluťoučký 漢字 \U0001F600 \u200D \u00AD"}) {
    EXPECT_EQ(safe_text(text), text);
  }
}

TEST(SafeText, control_characters_go) {
  EXPECT_EQ(safe_text("a\rb\bc\ad\x7F"
                      "e\x0C"
                      "f\x0E"),
            "abcdef");
  EXPECT_EQ(safe_text(std::string_view("a\0b", 3)), "ab");
  EXPECT_EQ(safe_text("a\r\nb"), "a\nb");
}

TEST(SafeText, colours_and_cursor_movements_go) {
  EXPECT_EQ(safe_text("\x1b[31mred\x1b[0m \x1b[2J\x1b[1;1H\x1b[?25l\x1b[38:2::1:2:3mx"), "red x");
}

TEST(SafeText, titles_links_and_the_clipboard_go) {
  EXPECT_EQ(safe_text("\x1b]0;title\x07"
                      "a"),
            "a");
  EXPECT_EQ(safe_text("\x1b]52;c;aGk=\x1b\\b"), "b");
  EXPECT_EQ(safe_text("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\"), "link");
}

TEST(SafeText, device_control_and_its_kin_go) {
  EXPECT_EQ(safe_text("\x1bP1$r0m\x1b\\a\x1b_app\x1b\\b\x1b^pm\x1b\\c\x1bXsos\x1b\\d"), "abcd");
}

TEST(SafeText, short_sequences_go) {
  EXPECT_EQ(safe_text("\x1b"
                      "ca\x1b(0b\x1b#8c\x1b=d\x1b"
                      "7e"),
            "abcde");
}

TEST(SafeText, c1_controls_go_in_their_utf8_form) {
  EXPECT_EQ(safe_text("\xC2\x9B"
                      "31mred\xC2\x9D"
                      "0;t\xC2\x9Cx\xC2\x85y\xC2\x80"),
            "redxy");
}

TEST(SafeText, c1_bytes_are_wrong_utf8) {
  EXPECT_EQ(safe_text("a\x9B"
                      "31m"),
            "a\uFFFD31m");
}

TEST(SafeText, bidi_controls_and_tags_go) {
  EXPECT_EQ(safe_text("a\u202Eb\u2066c\u2069d\u200Fe\u061Cf\U000E0041g\U000E007F"), "abcdefg");
}

TEST(SafeText, wrong_utf8_is_replaced) {
  EXPECT_EQ(safe_text("a\xFF"
                      "b\xC3(\xE2\x82"
                      "c\xC0\xAF\xED\xA0\x80"),
            "a\uFFFDb\uFFFD(\uFFFDc\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(safe_text("cut \xF0\x9F\x98"), "cut \uFFFD");
}

TEST(SafeText, an_unfinished_sequence_shows_nothing_and_ends_with_the_text) {
  SafeText filter;
  EXPECT_EQ(filter.push("a\x1b[3"), "a");
  EXPECT_EQ(filter.finish(), "");
  EXPECT_EQ(filter.push("1m"), "1m");
}

TEST(SafeText, a_string_is_broken_by_another_sequence) {
  EXPECT_EQ(safe_text("\x1b]0;t\x1b[31mred"), "red");
  EXPECT_EQ(safe_text("\x1b]0;t\x1b\x1b\\x"), "x");
  EXPECT_EQ(safe_text("\x1bP\x18"
                      "a\x1bP\x1A"
                      "b"),
            "ab");
}

TEST(SafeText, a_string_without_an_end_cannot_swallow_an_answer) {
  const auto shown = safe_text("\x1b]" + std::string(10'000, 'x'));
  EXPECT_GT(shown.size(), 5000U);
  EXPECT_LT(shown.size(), 10'000U);
}

TEST(SafeText, a_sequence_that_newline_breaks_lets_the_newline_through) {
  EXPECT_EQ(safe_text("\x1b[31\nx\x1b\ny"), "\nx\ny");
}

TEST(SafeText, a_line_has_no_newlines_or_tabs) {
  EXPECT_EQ(safe_line("a\nb\tc\x1b[1m"), "a b c");
}

bool is_safe(std::string_view text) {
  for (const char32_t c : decode_utf8(text)) {
    if (c < 0x20 && c != '\t' && c != '\n') return false;
    if (c >= 0x7F && c <= 0x9F) return false;
    if ((c >= 0x202A && c <= 0x202E) || (c >= 0xE0000 && c <= 0xE007F)) return false;
  }
  return true;
}

TEST(SafeTextModel, random_splits_change_nothing_and_the_output_is_always_safe) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE(::testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  const std::array<std::string_view, 24> words{"\x1b",
                                               "[",
                                               "]",
                                               "P",
                                               "\\",
                                               "\x07",
                                               "31",
                                               ";",
                                               "m",
                                               "\xC2",
                                               "\x9B",
                                               "\x9C",
                                               "\xF0\x9F\x98\x80",
                                               "\xE2\x80\xAE",
                                               "\xF3\xA0\x81\x81",
                                               "\n",
                                               "\t",
                                               "\r",
                                               "text ",
                                               "\x18",
                                               "\x7F",
                                               " ",
                                               "\xE2",
                                               "\xC2\x90"};
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const auto count = random() % 30;
    for (std::size_t i = 0; i < count; ++i) text += words[random() % words.size()];
    SafeText filter;
    std::string shown;
    for (std::size_t at = 0; at < text.size();) {
      const auto length = 1 + random() % 4;
      shown += filter.push(std::string_view(text).substr(at, length));
      at += length;
    }
    shown += filter.finish();
    ASSERT_EQ(shown, safe_text(text)) << ::testing::PrintToString(text);
    ASSERT_TRUE(is_safe(shown)) << ::testing::PrintToString(text);
    ASSERT_EQ(safe_text(shown), shown);
  }
}

TEST(SafeText, plain_is_printable_ascii_only) {
  EXPECT_TRUE(is_plain(""));
  EXPECT_TRUE(is_plain("a model ~ 4.0 GB"));
  for (const auto* text : {"\t", "\n", "a\x1b[m", "\x7f", "\xc3\xa9"}) EXPECT_FALSE(is_plain(text));
}

}  // namespace
}  // namespace llf::text
