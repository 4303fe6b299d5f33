#include "gateway/host_check.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

TEST(HostCheck, SEC02_allows_what_names_this_machine) {
  const HostCheck check("127.0.0.1");
  for (const auto* host : {"localhost", "LOCALHOST", "localhost:8000", "localhost.",
                           "localhost.:8000", "127.0.0.1", "127.0.0.1:8000", "127.1.2.3", "[::1]",
                           "[::1]:8000", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]:1"}) {
    EXPECT_TRUE(check.host_allowed(host)) << host;
  }
}

TEST(HostCheck, SEC02_refuses_every_other_name_and_form) {
  const HostCheck check("::1");
  for (const auto* host : {"",
                           ".",
                           ":8000",
                           "evil.com",
                           "evil.com:8000",
                           "127.0.0.1.evil.com",
                           "localhost.evil.com",
                           "evil.localhost",
                           "localhost..",
                           "127.0.0.1:",
                           "127.0.0.1:x",
                           "127.0.0.1:8000:1",
                           "127.0.0.1:123456",
                           "::1",
                           "::ffff:127.0.0.1",
                           "[::1",
                           "[::1]x",
                           "[::1]8000",
                           "[127.0.0.1]",
                           "[::2]",
                           "[::ffff:10.0.0.1]",
                           "0.0.0.0",
                           "0",
                           "127.1",
                           "2130706433",
                           "0x7f000001",
                           "localhost@evil.com",
                           "evil.com@localhost",
                           "192.168.1.5",
                           "local host",
                           "localhost/",
                           "localhost,evil.com"}) {
    EXPECT_FALSE(check.host_allowed(host)) << host;
  }
}

TEST(HostCheck, an_origin_is_judged_by_its_host) {
  const HostCheck check("localhost");
  EXPECT_TRUE(check.origin_allowed("http://localhost:8000", "localhost"));
  EXPECT_TRUE(check.origin_allowed("https://127.0.0.1", "localhost"));
  for (const auto* origin : {"null", "", "file://", "http://evil.com", "https://localhost.evil",
                             "localhost", "http://", "chrome-extension://localhost"}) {
    EXPECT_FALSE(check.origin_allowed(origin, "localhost")) << origin;
  }
}

TEST(HostCheck, where_others_reach_it_any_host_is_allowed_and_only_its_own_pages) {
  for (const auto* address : {"0.0.0.0", "::", "192.168.1.5"}) {
    const HostCheck check(address);
    EXPECT_TRUE(check.host_allowed("192.168.1.5:8000"));
    EXPECT_TRUE(check.host_allowed("desk.local"));
    EXPECT_FALSE(check.host_allowed(":"));
    EXPECT_TRUE(check.origin_allowed("http://desk.local:8000", "desk.local:8000"));
    EXPECT_FALSE(check.origin_allowed("http://evil.example", "desk.local:8000"));
    EXPECT_FALSE(check.origin_allowed("null", "desk.local"));
  }
}

}  // namespace
}  // namespace llf::gateway
