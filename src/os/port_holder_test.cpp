#include "os/port_holder.hpp"

#include "os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace llf::os {
namespace {

struct Bound {
  UniqueFd fd;
  std::uint16_t port = 0;
};

Bound bind_any_port() {
  Bound bound{.fd = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), .port = 0};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(bound.fd.get(), raw, size), 0);
  EXPECT_EQ(::getsockname(bound.fd.get(), raw, &size), 0);
  bound.port = ntohs(address.sin_port);
  return bound;
}

TEST(PortHolder, finds_the_process_that_listens) {
  const auto bound = bind_any_port();
  EXPECT_FALSE(port_holder(bound.port)) << "bound, but nobody listens";
  ASSERT_EQ(::listen(bound.fd.get(), 1), 0);
  const auto holder = port_holder(bound.port);
  ASSERT_TRUE(holder);
  EXPECT_EQ(holder->pid, ::getpid());
  EXPECT_EQ(holder->program, "os_test");
}

TEST(PortHolder, nobody_holds_a_free_port) {
  std::uint16_t port = 0;
  {
    const auto bound = bind_any_port();
    port = bound.port;
  }
  EXPECT_FALSE(port_holder(port));
}

}  // namespace
}  // namespace llf::os
