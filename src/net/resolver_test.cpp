#include "net/resolver.hpp"

#include "net/run.hpp"

#include <gtest/gtest.h>

namespace llf::net {
namespace {

using namespace std::chrono_literals;

TEST(Resolver, an_address_is_itself) {
  Loop loop;
  Resolver resolver(loop);
  const auto v4 = run_until_done(loop, resolver.resolve("127.0.0.1", 80, 5s));
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->at(0).to_string(), "127.0.0.1:80");
  const auto v6 = run_until_done(loop, resolver.resolve("fe80::1", 81, 5s));
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->at(0).to_string(), "[fe80::1]:81");
}

TEST(Resolver, a_name_is_looked_up) {
  Loop loop;
  Resolver resolver(loop);
  const auto found = run_until_done(loop, resolver.resolve("localhost", 8000, 20s));
  ASSERT_TRUE(found) << found.error().message;
  ASSERT_FALSE(found->empty());
  EXPECT_EQ(found->at(0).port(), 8000);
}

TEST(Resolver, F48_a_name_that_nobody_has_is_told) {
  Loop loop;
  Resolver resolver(loop);
  const auto found = run_until_done(loop, resolver.resolve("nobody.invalid", 80, 60s));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, ErrorKind::unavailable);
  EXPECT_TRUE(found.error().message.starts_with("the name nobody.invalid cannot be looked up"))
      << found.error().message;
}

}  // namespace
}  // namespace llf::net
