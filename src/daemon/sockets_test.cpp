#include "daemon/sockets.hpp"

#include "net/address.hpp"
#include "net/run.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <string>
#include <unistd.h>
#include <utility>

namespace llf::daemon {
namespace {

Task<void> answer(net::Request&, net::Responder& responder) {
  static_cast<void>(co_await responder.send({.status = 200, .headers = {}, .body = "ok"}));
}

/// Two daemons, one after the other.
class SocketsTest : public testing::Test {
 protected:
  SocketsTest() {
    before_.serve(answer);
    after_.serve(answer);
  }
  void TearDown() override {
    static_cast<void>(net::run_until_done(loop_, before_.drain(Duration::zero())));
    static_cast<void>(net::run_until_done(loop_, after_.drain(Duration::zero())));
  }
  [[nodiscard]] std::string path() const { return (folder_ / "llfd.sock").native(); }

  os::TestFolder folder_;
  net::Loop loop_;
  net::HttpServer before_{loop_};
  net::HttpServer after_{loop_};
};

TEST_F(SocketsTest, the_next_one_listens_where_the_first_one_did) {
  Sockets first(before_, {});
  ASSERT_TRUE(first.listen_control(path()));
  const auto port = first.listen_http("127.0.0.1", 0);
  ASSERT_TRUE(port);
  auto left = first.hand_over();
  ASSERT_TRUE(left);
  ASSERT_EQ(left->size(), 2);
  Sockets second(after_, *std::move(left));
  EXPECT_TRUE(second.listen_control(path()));
  EXPECT_EQ(second.listen_http("127.0.0.1", *port), *port);
}

TEST_F(SocketsTest, at_another_place_it_listens_anew) {
  Sockets first(before_, {});
  const auto port = first.listen_http("127.0.0.1", 0);
  ASSERT_TRUE(port);
  auto left = first.hand_over();
  ASSERT_TRUE(left);
  Sockets second(after_, *std::move(left));
  const auto other = second.listen_http("127.0.0.2", 0);
  ASSERT_TRUE(other);
  EXPECT_TRUE(second.listen_control(path())) << "it had none";
}

TEST_F(SocketsTest, what_is_no_socket_is_let_go) {
  std::vector<os::NamedFd> left;
  left.push_back({.name = std::string(kHttpSocket), .fd = os::UniqueFd(::dup(0))});
  left.push_back({.name = std::string(kControlSocket), .fd = os::UniqueFd(::dup(0))});
  Sockets sockets(after_, std::move(left));
  EXPECT_TRUE(sockets.listen_control(path()));
  EXPECT_TRUE(sockets.listen_http("127.0.0.1", 0));
}

}  // namespace
}  // namespace llf::daemon
