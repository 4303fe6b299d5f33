#include "net/timer.hpp"

#include "net/run.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace llf::net {
namespace {

using namespace std::chrono_literals;

Task<Expected<int>> value_after(Duration wait, int value) {
  if (auto slept = co_await sleep_for(wait); !slept) co_return failure(slept.error());
  co_return value;
}

Task<Expected<int>> value_in_spite_of_cancel(int value) {
  static_cast<void>(co_await sleep_for(1h));
  co_return value;
}

Task<void> sleep_and_note(Duration wait, std::string name, std::vector<std::string>& notes) {
  if (co_await sleep_for(wait)) notes.push_back(std::move(name));
}

Task<Expected<int>> deadline(Task<Expected<int>> task, Duration limit) {
  return with_deadline(std::move(task), limit, "the engine");
}

TEST(Timer, sleepers_wake_in_the_order_of_their_deadlines) {
  Loop loop;
  TaskGroup group(loop, "test");
  std::vector<std::string> notes;
  group.spawn(sleep_and_note(9ms, "c", notes));
  group.spawn(sleep_and_note(1ms, "a", notes));
  group.spawn(sleep_and_note(5ms, "b", notes));
  group.spawn(sleep_and_note(-1s, "now", notes));
  loop.run();
  EXPECT_EQ(notes, (std::vector<std::string>{"now", "a", "b", "c"}));
}

TEST(Timer, deadline_passes_a_result_in_time) {
  Loop loop;
  EXPECT_EQ(run_until_done(loop, deadline(value_after(1ms, 7), 1h)), 7);
  EXPECT_EQ(run_until_done(loop, deadline(value_after(1ms, 7), kNoLimit)), 7);
}

TEST(Timer, deadline_turns_lateness_into_a_timeout_error) {
  Loop loop;
  const auto result = run_until_done(loop, deadline(value_after(1h, 7), 2ms));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), (Error{ErrorKind::timeout, "the engine: no answer within 2 ms"}));
}

TEST(Timer, deadline_keeps_a_success_that_came_late) {
  Loop loop;
  EXPECT_EQ(run_until_done(loop, deadline(value_in_spite_of_cancel(8), 1ms)), 8);
}

Task<void> deadline_into(Expected<int>& out) {
  out = co_await with_deadline(value_after(1h, 7), 1h, "x");
}

TEST(Timer, cancelling_the_caller_of_a_deadline_is_cancelled_not_timeout) {
  Loop loop;
  TaskGroup group(loop, "test");
  Expected<int> result = 0;
  group.spawn(deadline_into(result));
  static_cast<void>(run_until_done(loop, sleep_for(1ms)));
  group.cancel();
  loop.run();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::cancelled);
}

TEST(Timer, race_cancels_the_loser_and_returns_both_results) {
  Loop loop;
  const auto ended = run_until_done(loop, race(value_after(1h, 1), value_after(1ms, 2)));
  EXPECT_EQ(ended.winner, 1U);
  EXPECT_EQ(ended.second, 2);
  ASSERT_FALSE(ended.first);
  EXPECT_EQ(ended.first.error().kind, ErrorKind::cancelled);
}

Task<void> nothing() {
  co_return;
}

TEST(Timer, race_takes_tasks_without_a_result) {
  Loop loop;
  EXPECT_EQ(run_until_done(loop, race(nothing(), value_after(1h, 2))).winner, 0U);
}

Task<void> race_into(Race<Expected<int>, Expected<int>>& out) {
  out = co_await race(value_after(1h, 1), value_after(1h, 2));
}

TEST(Timer, cancelling_the_caller_of_a_race_cancels_both) {
  Loop loop;
  TaskGroup group(loop, "test");
  Race<Expected<int>, Expected<int>> ended{.winner = 0, .first = 0, .second = 0};
  group.spawn(race_into(ended));
  static_cast<void>(run_until_done(loop, sleep_for(1ms)));
  group.cancel();
  loop.run();
  EXPECT_FALSE(ended.first);
  EXPECT_FALSE(ended.second);
}

TEST(Timer, ten_thousand_sleepers_can_be_cancelled_at_once) {
  Loop loop;
  TaskGroup group(loop, "test");
  std::vector<std::string> notes;
  for (int i = 0; i < 10'000; ++i) group.spawn(sleep_and_note(1h, "x", notes));
  static_cast<void>(run_until_done(loop, sleep_for(1ms)));
  group.cancel();
  loop.run();
  EXPECT_EQ(group.size(), 0U);
  EXPECT_TRUE(notes.empty());
}

}  // namespace
}  // namespace llf::net
