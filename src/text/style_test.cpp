#include "text/style.hpp"

#include "text/width.hpp"

#include <gtest/gtest.h>

namespace llf::text {
namespace {

TEST(Style, colours_end_where_the_text_ends) {
  EXPECT_EQ(paint(Style::bold, "x", Color::on), "\x1b[1mx\x1b[0m");
}

TEST(Style, without_colours_text_is_plain) {
  for (const auto style : {Style::bold, Style::dim, Style::user, Style::model, Style::bad}) {
    EXPECT_EQ(paint(style, "x", Color::off), "x");
  }
}

TEST(Style, a_rule_has_the_width_asked_for) {
  EXPECT_EQ(display_width(rule(60, Color::off)), 60U);
}

}  // namespace
}  // namespace llf::text
