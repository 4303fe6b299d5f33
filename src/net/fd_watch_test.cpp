#include "net/fd_watch.hpp"

#include "net/loop_context.hpp"
#include "net/run.hpp"
#include "os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace llf::net {
namespace {

using namespace std::chrono_literals;

struct FdPair {
  FdPair() {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds.data()), 0);
    near.reset(fds[0]);
    far.reset(fds[1]);
  }
  os::UniqueFd near;
  os::UniqueFd far;
};

TEST(FdWatch, waits_for_bytes_for_room_and_for_the_end) {
  Loop loop;
  FdPair pair;
  auto watch = FdWatch::create(context_of(loop), pair.near.get());
  ASSERT_TRUE(watch);
  const auto wait = [&](FdWatch::For what) {
    return run_until_done(loop, watch->wait(what, mono_now() + 2ms));
  };
  EXPECT_EQ(wait(FdWatch::For::write), Wake::woken);
  EXPECT_EQ(wait(FdWatch::For::read), Wake::timed_out);
  EXPECT_EQ(wait(FdWatch::For::hangup), Wake::timed_out);
  ASSERT_EQ(::write(pair.far.get(), "x", 1), 1);
  EXPECT_EQ(wait(FdWatch::For::read), Wake::woken);
  EXPECT_EQ(wait(FdWatch::For::read), Wake::woken);  // the byte is still there
  ::shutdown(pair.far.get(), SHUT_WR);
  EXPECT_EQ(wait(FdWatch::For::hangup), Wake::timed_out);
  pair.far.reset();
  EXPECT_EQ(wait(FdWatch::For::hangup), Wake::woken);
}

TEST(FdWatch, what_happens_between_two_waits_is_not_lost) {
  Loop loop;
  FdPair pair;
  auto watch = FdWatch::create(context_of(loop), pair.near.get());
  EXPECT_EQ(run_until_done(loop, watch->wait(FdWatch::For::read, mono_now() + 1ms)),
            Wake::timed_out);
  ASSERT_EQ(::write(pair.far.get(), "x", 1), 1);
  static_cast<void>(run_until_done(loop, sleep_for(1ms)));
  EXPECT_EQ(run_until_done(loop, watch->wait(FdWatch::For::read)), Wake::woken);
}

TEST(FdWatch, can_be_moved_and_released_with_a_wait_left_armed) {
  Loop loop;
  FdPair pair;
  auto watch = FdWatch::create(context_of(loop), pair.near.get());
  static_cast<void>(run_until_done(loop, watch->wait(FdWatch::For::read, mono_now() + 1ms)));
  FdWatch moved = std::move(*watch);
  EXPECT_EQ(run_until_done(loop, moved.wait(FdWatch::For::read, mono_now() + 1ms)),
            Wake::timed_out);
  ASSERT_EQ(::write(pair.far.get(), "x", 1), 1);
  moved.release();
  moved.release();
  static_cast<void>(run_until_done(loop, sleep_for(1ms)));
  // Its owner may use the descriptor, and watch it anew.
  auto again = FdWatch::create(context_of(loop), pair.near.get());
  ASSERT_TRUE(again);
  EXPECT_EQ(run_until_done(loop, again->wait(FdWatch::For::read)), Wake::woken);
}

}  // namespace
}  // namespace llf::net
