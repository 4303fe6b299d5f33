#include "net/retry_after.hpp"

#include <gtest/gtest.h>

namespace llf::net {
namespace {

TEST(RetryAfter, is_a_number_of_seconds) {
  EXPECT_EQ(parse_retry_after("0"), std::chrono::seconds(0));
  EXPECT_EQ(parse_retry_after("7"), std::chrono::seconds(7));
  EXPECT_EQ(parse_retry_after("9223372036854775807"), std::chrono::hours(24));
  for (const auto* text :
       {"", "soon", "-1", "1.5", "99999999999999999999", "Fri, 27 Nov 2026 12:00:00 GMT"}) {
    EXPECT_EQ(parse_retry_after(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace llf::net
