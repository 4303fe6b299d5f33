#include "net/suspension.hpp"

#include "net/run.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace llf::net {
namespace {

using namespace std::chrono_literals;

Task<void> note_wake(Suspension& suspension, MonoTime deadline, std::vector<Wake>& wakes) {
  wakes.push_back(co_await suspension.wait(deadline));
}

TEST(Suspension, goes_on_when_woken_when_cancelled_and_at_the_deadline) {
  Loop loop;
  TaskGroup group(loop, "test");
  Suspension suspension;
  std::vector<Wake> wakes;
  suspension.wake();  // nobody waits: nothing is kept

  group.spawn(note_wake(suspension, mono_now() + 1ms, wakes));
  loop.run();
  group.spawn(note_wake(suspension, MonoTime::max(), wakes));
  loop.post([&] { loop.post([&] { suspension.wake(); }); });
  loop.run();
  group.spawn(note_wake(suspension, mono_now() + 1h, wakes));
  loop.post([&] { loop.post([&] { group.cancel(); }); });
  loop.run();
  EXPECT_EQ(wakes, (std::vector<Wake>{Wake::timed_out, Wake::woken, Wake::cancelled}));
}

TEST(Suspension, the_first_reason_counts) {
  Loop loop;
  TaskGroup group(loop, "test");
  Suspension suspension;
  std::vector<Wake> wakes;
  group.spawn(note_wake(suspension, mono_now() + 1h, wakes));
  loop.post([&] {
    loop.post([&] {
      ASSERT_TRUE(suspension.waiting());
      suspension.wake();
      EXPECT_FALSE(suspension.waiting());
      group.cancel();
      suspension.wake();
    });
  });
  loop.run();
  EXPECT_EQ(wakes, std::vector<Wake>{Wake::woken});
}

Task<void> wait_through(Suspension& suspension, bool& over) {
  co_await suspension.wait_through();
  over = true;
}

TEST(Suspension, wait_through_ignores_cancellation) {
  Loop loop;
  TaskGroup group(loop, "test");
  Suspension suspension;
  bool over = false;
  group.spawn(wait_through(suspension, over));
  static_cast<void>(run_until_done(loop, sleep_for(1ms)));
  group.cancel();
  static_cast<void>(run_until_done(loop, sleep_for(1ms)));
  EXPECT_FALSE(over);
  suspension.wake();
  loop.run();
  EXPECT_TRUE(over);
}

Task<void> take_turns(std::vector<int>& order, int name) {
  for (int i = 0; i < 3; ++i) {
    order.push_back(name);
    co_await give_turn();
  }
}

TEST(Suspension, give_turn_lets_others_run) {
  Loop loop;
  TaskGroup group(loop, "test");
  std::vector<int> order;
  group.spawn(take_turns(order, 1));
  group.spawn(take_turns(order, 2));
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{1, 2, 1, 2, 1, 2}));
}

}  // namespace
}  // namespace llf::net
