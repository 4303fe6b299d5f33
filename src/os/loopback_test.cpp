#include "os/loopback.hpp"

#include <gtest/gtest.h>

namespace llf::os {
namespace {

TEST(Loopback, tells_who_can_reach_an_address) {
  for (const auto* address : {"127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_EQ(reach_of(address), Reach::this_machine) << address;
  }
  for (const auto* address : {"0.0.0.0", "::", "192.168.1.5", "::ffff:192.168.1.5"}) {
    EXPECT_EQ(reach_of(address), Reach::others) << address;
  }
  for (const auto* address : {"", "localhost", "127.1", "[::1]", "127.0.0.1 ", "x"}) {
    EXPECT_EQ(reach_of(address), Reach::none) << address;
  }
}

}  // namespace
}  // namespace llf::os
