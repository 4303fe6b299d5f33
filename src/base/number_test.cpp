#include "base/number.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace llf {
namespace {

TEST(Number, is_the_whole_text_or_nothing) {
  EXPECT_EQ(parse_number<int>("-12"), -12);
  EXPECT_EQ(parse_number<double>("0.5"), 0.5);
  for (const auto* text : {"", " 1", "1 ", "1x", "x", "0x10", "+1"}) {
    EXPECT_FALSE(parse_number<std::int64_t>(text)) << text;
  }
}

TEST(Number, that_does_not_fit_is_nothing) {
  EXPECT_EQ(parse_number<std::uint8_t>("255"), 255);
  EXPECT_FALSE(parse_number<std::uint8_t>("256"));
  EXPECT_FALSE(parse_number<std::uint8_t>("-1"));
}

}  // namespace
}  // namespace llf
