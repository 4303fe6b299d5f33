#include "daemon/succession.hpp"

#include "net/run.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace llf::daemon {
namespace {

using testing::Contains;
using testing::Not;

class Succession : public testing::Test {
 protected:
  Succession() {
    paths_ = os::resolve_paths({.home = folder_.path().native()}).value_or(os::Paths{});
    EXPECT_TRUE(os::ensure_run_dir(paths_));
  }
  void TearDown() override {
    static_cast<void>(net::run_until_done(loop_, server_.drain(Duration::zero())));
    ::unsetenv("NOTIFY_SOCKET");
  }

  os::TestFolder folder_;
  os::Paths paths_;
  net::Loop loop_;
  net::HttpServer server_{loop_};
  Sockets sockets_{server_, {}};
};

TEST_F(Succession, the_lock_and_the_sockets_go_over) {
  std::vector<os::NamedFd> nothing;
  auto lock = lock_home(paths_, nothing);
  ASSERT_TRUE(lock);
  ASSERT_TRUE(sockets_.listen_control(paths_.socket().native()));
  ::setenv("NOTIFY_SOCKET", "/run/notify", 1);
  auto successor = with_inheritance({.argv = {"/bin/true"}, .env = {"A=b", "NOTIFY_SOCKET=/other"}},
                                    *lock, sockets_);
  ASSERT_TRUE(successor) << successor.error().message;
  EXPECT_THAT(successor->env, Contains("NOTIFY_SOCKET=/run/notify"));
  EXPECT_THAT(successor->env, Not(Contains("NOTIFY_SOCKET=/other")));
  EXPECT_EQ(successor->fds.size(), 2);
  EXPECT_TRUE(lock_home(paths_, successor->fds)) << "it is held already, and by us";
  EXPECT_EQ(successor->fds.size(), 1);
}

TEST_F(Succession, one_that_is_no_program_changes_nothing) {
  std::vector<os::NamedFd> nothing;
  auto lock = lock_home(paths_, nothing);
  ASSERT_TRUE(lock);
  ASSERT_TRUE(sockets_.listen_control(paths_.socket().native()));
  const auto successor = with_inheritance({.argv = {"/no/such/llfd"}, .env = {}}, *lock, sockets_);
  ASSERT_FALSE(successor);
  EXPECT_EQ(successor.error().message, "starting /no/such/llfd: No such file or directory");
  EXPECT_FALSE(with_inheritance({.argv = {"/tmp"}, .env = {}}, *lock, sockets_));
  EXPECT_TRUE(sockets_.hand_over()->size() == 1) << "it still listens";
}

}  // namespace
}  // namespace llf::daemon
