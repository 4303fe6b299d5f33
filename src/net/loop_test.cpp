#include "net/loop.hpp"

#include "net/event.hpp"
#include "net/run.hpp"
#include "net/timer.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

namespace llf::net {
namespace {

using namespace std::chrono_literals;

TEST(Loop, post_from_another_thread_runs_on_the_loop) {
  Loop loop;
  Event event;
  std::thread other([&] { loop.post([&event] { event.set(); }); });
  EXPECT_TRUE(run_until_done(loop, event.wait()));
  other.join();
}

TEST(Loop, posted_work_runs_in_order_and_the_loop_ends_without_tasks) {
  Loop loop;
  std::vector<int> order;
  for (int i = 0; i < 5; ++i) loop.post([&order, i] { order.push_back(i); });
  EXPECT_TRUE(order.empty());
  loop.run();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(Loop, stop_leaves_tasks_where_they_are) {
  Loop loop;
  TaskGroup group(loop, "test");
  Event event;
  Expected<void> result = failure(ErrorKind::internal, "not run");
  group.spawn([](Event& waited, Expected<void>& out) -> Task<void> {
    out = co_await waited.wait();
  }(event, result));
  loop.post([&loop] { loop.stop(); });
  loop.run();
  EXPECT_EQ(group.size(), 1U);
  event.set();
  loop.run();
  EXPECT_EQ(group.size(), 0U);
  EXPECT_TRUE(result);
}

}  // namespace
}  // namespace llf::net
