#include "os/signal_watch.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <poll.h>
#include <unistd.h>

namespace llf::os {
namespace {

bool readable(int fd) {
  pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&one, 1, 0) == 1;
}

TEST(SignalWatch, a_signal_is_remembered_until_it_is_taken) {
  auto watch = SignalWatch::create({SIGINT, SIGTERM});
  ASSERT_TRUE(watch);
  EXPECT_FALSE(watch->take());
  EXPECT_FALSE(readable(watch->fd()));
  ASSERT_EQ(::raise(SIGTERM), 0);
  EXPECT_TRUE(readable(watch->fd()));
  EXPECT_EQ(watch->take(), SIGTERM);
  EXPECT_FALSE(readable(watch->fd()));
  EXPECT_FALSE(watch->take());
}

TEST(SignalWatch, two_kinds_are_both_taken) {
  auto watch = SignalWatch::create({SIGINT, SIGTERM});
  ASSERT_TRUE(watch);
  ASSERT_EQ(::raise(SIGINT), 0);
  ASSERT_EQ(::raise(SIGTERM), 0);
  EXPECT_EQ(watch->take(), SIGINT);
  EXPECT_TRUE(readable(watch->fd()));
  EXPECT_EQ(watch->take(), SIGTERM);
  EXPECT_FALSE(readable(watch->fd()));
}

TEST(SignalWatch, window_changes_may_come_often) {
  auto watch = SignalWatch::create({SIGWINCH});
  ASSERT_TRUE(watch);
  ASSERT_EQ(::raise(SIGWINCH), 0);
  ASSERT_EQ(::raise(SIGWINCH), 0);
  EXPECT_EQ(watch->take(), SIGWINCH);
  EXPECT_FALSE(watch->take());
}

TEST(SignalWatch, the_actions_of_before_come_back) {
  {
    ASSERT_TRUE(SignalWatch::create({SIGUSR1}));
  }
  struct sigaction now{};
  ASSERT_EQ(::sigaction(SIGUSR1, nullptr, &now), 0);
  EXPECT_EQ(now.sa_handler, SIG_DFL);
}

TEST(SignalWatch, what_cannot_be_caught_is_refused) {
  EXPECT_FALSE(SignalWatch::create({SIGKILL}));
  EXPECT_FALSE(SignalWatch::create({0}));
  EXPECT_TRUE(SignalWatch::create({SIGINT}));
}

TEST(SignalWatchDeathTest, a_second_interrupt_that_nobody_took_ends_the_program) {
  EXPECT_EXIT(
      {
        auto watch = SignalWatch::create({SIGINT});
        ::raise(SIGINT);
        ::raise(SIGINT);
      },
      ::testing::ExitedWithCode(130), "");
}

TEST(BlockSignalsDeathTest, what_ends_others_does_not_end_a_guard) {
  EXPECT_EXIT(
      {
        block_signals();
        for (const int number : {SIGTERM, SIGINT, SIGHUP}) ::raise(number);
        ::_exit(0);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace llf::os
