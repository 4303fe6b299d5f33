#include "net/address.hpp"

#include "os/test_folder.hpp"
#include "os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <string>
#include <sys/socket.h>
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

TEST(Address, a_socket_is_served_while_somebody_listens) {
  const os::TestFolder folder;
  const auto path = (folder.path() / "s").string();
  EXPECT_FALSE(is_served(path));
  EXPECT_FALSE(is_served(std::string(sizeof(sockaddr_un::sun_path), 'x')));
  const auto address = Address::of_unix(path);
  ASSERT_TRUE(address);
  {
    const os::UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::bind(listener.get(), address->get(), address->size()), 0);
    EXPECT_FALSE(is_served(path));
    ASSERT_EQ(::listen(listener.get(), 0), 0);
    EXPECT_TRUE(is_served(path));
    EXPECT_TRUE(is_served(path)) << "its queue is full";
  }
  EXPECT_FALSE(is_served(path)) << "the file is left, its owner is gone";
}

}  // namespace
}  // namespace llf::net
