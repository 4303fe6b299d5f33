#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace llf {
namespace {

TEST(Utf8, every_scalar_value_survives) {
  for (char32_t c = 0; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 97) {
    if (c >= 0xD800 && c <= 0xDFFF) continue;
    std::string bytes;
    append_utf8(c, bytes);
    ASSERT_EQ(decode_utf8(bytes), std::u32string(1, c));
  }
}

TEST(Utf8, a_character_may_be_cut_anywhere) {
  const std::string text = "aé漢\U0001F600z";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Utf8Decoder decoder;
    auto out = decoder.push(std::string_view(text).substr(0, cut));
    out += decoder.push(std::string_view(text).substr(cut));
    out += decoder.finish();
    EXPECT_EQ(out, U"aé漢\U0001F600z");
  }
}

TEST(Utf8, each_maximal_wrong_part_is_one_replacement) {
  EXPECT_EQ(decode_utf8("\xE2\x82"), U"\uFFFD");
  EXPECT_EQ(decode_utf8("\xF0\x9F\x98z"), U"\uFFFDz");
  EXPECT_EQ(decode_utf8("\xED\xA0\x80"), U"\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(decode_utf8("\xF5\x80"), U"\uFFFD\uFFFD");
  EXPECT_EQ(decode_utf8("\xE2\xC3\xA9"), U"\uFFFDé");
}

TEST(Utf8, what_is_well_formed_is_told_from_what_is_not) {
  for (const auto* text :
       {"", "abc", "é", "€", "😀", "a\xEF\xBF\xBD z", "abcdefgh", "abcdefghi\u00e9jklmnopqrs"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_EQ(repair_utf8(text), text);
  }
  for (const auto* text : {"\xFF", "\xC3", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                           "\xE2\x82", "\x80", "a\xE9 b", "abcdefgh\xFF", "abc\x80zefghijk"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
    EXPECT_TRUE(is_utf8(repair_utf8(text)));
  }
  EXPECT_EQ(repair_utf8("a\xE9 b"), "a\xEF\xBF\xBD b");
}

TEST(Utf8, a_cut_falls_between_characters) {
  EXPECT_EQ(cut_utf8("abc", 2), "ab");
  EXPECT_EQ(cut_utf8("abc", 3), "abc");
  EXPECT_EQ(cut_utf8("a€b", 2), "a");
  EXPECT_EQ(cut_utf8("a€b", 4), "a€");
  EXPECT_EQ(cut_utf8("€", 1), "");
}

}  // namespace
}  // namespace llf
