#include "text/width.hpp"

#include <gtest/gtest.h>

namespace llf::text {
namespace {

TEST(Width, letters_take_one_column) {
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("llf-nano"), 8U);
  EXPECT_EQ(display_width("žluť"), 4U);
}

TEST(Width, wide_characters_take_two) {
  EXPECT_EQ(display_width("漢字"), 4U);
  EXPECT_EQ(display_width("\U0001F600"), 2U);
  EXPECT_EQ(display_width("\uFF21한"), 4U);
}

TEST(Width, combining_and_joining_characters_take_none) {
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("a\u200Db\uFE0F"), 2U);
}

TEST(Width, what_fits_is_left_alone) {
  EXPECT_EQ(fit("abc", 3), "abc");
  EXPECT_EQ(fit("漢字", 4), "漢字");
}

TEST(Width, what_does_not_fit_is_cut_with_a_sign) {
  EXPECT_EQ(fit("abcd", 3), "ab…");
  EXPECT_EQ(fit("漢字漢", 4), "漢…");
  EXPECT_EQ(fit("abc", 1), "…");
  EXPECT_EQ(fit("abc", 0), "");
}

}  // namespace
}  // namespace llf::text
