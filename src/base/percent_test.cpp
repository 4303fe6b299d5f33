#include "base/percent.hpp"

#include <gtest/gtest.h>

namespace llf {
namespace {

TEST(PercentEncode, what_is_not_unreserved) {
  EXPECT_EQ(percent_encode("a b/\xC3\xA9?"), "a%20b%2F%C3%A9%3F");
  EXPECT_EQ(percent_encode("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encode(""), "");
}

TEST(PercentEncode, what_is_kept) {
  EXPECT_EQ(percent_encode("a/b c", "/"), "a/b%20c");
}

TEST(PercentDecode, escapes_and_what_is_none) {
  EXPECT_EQ(percent_decode("a%20b%2F%c3%A9"), "a b/\xC3\xA9");
  EXPECT_EQ(percent_decode("%&%4%zz%-1+"), "%&%4%zz%-1+");
  EXPECT_EQ(percent_decode(""), "");
}

}  // namespace
}  // namespace llf
