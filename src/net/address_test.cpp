#include "net/address.hpp"

#include <gtest/gtest.h>

#include <string>
#include <sys/un.h>

namespace llf::net {
namespace {

TEST(Address, reads_and_writes_both_families) {
  const auto v4 = Address::of_ip("127.0.0.1", 8000);
  ASSERT_TRUE(v4);
  EXPECT_EQ(v4->family(), AF_INET);
  EXPECT_EQ(v4->host(), "127.0.0.1");
  EXPECT_EQ(v4->port(), 8000);
  EXPECT_EQ(v4->to_string(), "127.0.0.1:8000");
  const auto v6 = Address::of_ip("0:0::1", 1);
  ASSERT_TRUE(v6);
  EXPECT_EQ(v6->family(), AF_INET6);
  EXPECT_EQ(v6->to_string(), "[::1]:1");
}

TEST(Address, names_are_not_addresses) {
  for (const char* host : {"localhost", "", "127.0.0.1.evil.com", "1.2.3", "[::1]", "::1%lo"}) {
    EXPECT_EQ(Address::of_ip(host, 1).error().kind, ErrorKind::invalid) << host;
  }
}

TEST(Address, a_path_must_fit_into_the_kernels_structure) {
  EXPECT_TRUE(Address::of_unix(std::string(sizeof(sockaddr_un::sun_path) - 1, 'x')));
  EXPECT_FALSE(Address::of_unix(std::string(sizeof(sockaddr_un::sun_path), 'x')));
  EXPECT_FALSE(Address::of_unix(""));
  EXPECT_EQ(Address::of_unix("/a")->host(), "");
  EXPECT_EQ(Address::of_unix("/a")->port(), 0);
}

}  // namespace
}  // namespace llf::net
