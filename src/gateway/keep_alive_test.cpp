#include "gateway/keep_alive.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

using namespace std::chrono_literals;

TEST(KeepAlive, is_seconds_or_has_a_unit) {
  EXPECT_EQ(parse_keep_alive("300"), 300s);
  EXPECT_EQ(parse_keep_alive("30s"), 30s);
  EXPECT_EQ(parse_keep_alive("5m"), 300s);
  EXPECT_EQ(parse_keep_alive("1h"), 3600s);
  EXPECT_EQ(parse_keep_alive("2d"), 172'800s);
  EXPECT_EQ(parse_keep_alive("0"), 0s);
}

TEST(KeepAlive, negative_is_for_ever) {
  EXPECT_EQ(parse_keep_alive("-1"), -1s);
  EXPECT_EQ(parse_keep_alive("-5m"), -1s);
}

TEST(KeepAlive, refuses_what_is_no_time) {
  for (const auto* text : {"", "m", "5 m", "five", "1.5h", "5w", "99999999999999999999", "8d"}) {
    const auto time = parse_keep_alive(text);
    ASSERT_FALSE(time) << text;
    EXPECT_EQ(time.error().kind, ErrorKind::invalid) << text;
  }
}

}  // namespace
}  // namespace llf::gateway
