#include "net/signals.hpp"

#include "net/run.hpp"
#include "net/timer.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>

namespace llf::net {
namespace {

using namespace std::chrono_literals;

TEST(Signals, are_handed_over_in_order_even_when_nobody_waits) {
  Loop loop;
  auto signals = Signals::create(loop, {SIGUSR1, SIGUSR2});
  ASSERT_TRUE(signals);
  ::raise(SIGUSR1);
  EXPECT_EQ(run_until_done(loop, signals->wait()), SIGUSR1);
  loop.post([] { ::raise(SIGUSR2); });
  EXPECT_EQ(run_until_done(loop, signals->wait()), SIGUSR2);
  const auto none = run_until_done(loop, with_deadline(signals->wait(), 1ms, "signal"));
  EXPECT_EQ(none.error().kind, ErrorKind::timeout);
  ::raise(SIGUSR1);
  EXPECT_EQ(run_until_done(loop, signals->wait()), SIGUSR1);
}

TEST(Signals, a_number_that_nobody_can_catch_is_invalid) {
  Loop loop;
  EXPECT_EQ(Signals::create(loop, {SIGKILL}).error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace llf::net
