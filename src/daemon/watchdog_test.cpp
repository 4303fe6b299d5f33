#include "daemon/watchdog.hpp"

#include "net/run.hpp"
#include "net/task_group.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace llf::daemon {
namespace {

Task<void> end(net::TaskGroup& tasks) {
  tasks.cancel();
  co_await tasks.join();
}

TEST(Watchdog, ends_at_once_where_nobody_wants_to_hear_it) {
  net::Loop loop;
  static_cast<void>(net::run_until_done(loop, keep_watchdog_quiet()));
}

TEST(Watchdog, goes_on_until_it_is_cancelled) {
  ::setenv("WATCHDOG_USEC", "60000000", 1);
  net::Loop loop;
  net::TaskGroup tasks(loop, "watchdog");
  tasks.spawn(keep_watchdog_quiet());
  static_cast<void>(net::run_until_done(loop, end(tasks)));
  ::unsetenv("WATCHDOG_USEC");
  EXPECT_EQ(tasks.size(), 0);
}

}  // namespace
}  // namespace llf::daemon
