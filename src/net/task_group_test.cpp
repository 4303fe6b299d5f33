#include "net/task_group.hpp"

#include "net/event.hpp"
#include "net/run.hpp"
#include "net/timer.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace llf::net {
namespace {

using namespace std::chrono_literals;

Task<void> note(std::vector<std::string>& notes, std::string text) {
  notes.push_back(std::move(text));
  co_return;
}

Task<void> note_how_sleep_ends(std::vector<std::string>& notes) {
  const auto slept = co_await sleep_for(1h);
  notes.push_back(slept ? "slept" : std::string(facts(slept.error().kind).name));
  const auto again = co_await sleep_for(1h);
  notes.push_back(again ? "slept" : "again " + std::string(facts(again.error().kind).name));
}

Task<void> join_all(TaskGroup& group) {
  co_await group.join();
}

Task<void> cancel_and_join(TaskGroup& group) {
  group.cancel();
  co_await group.join();
}

TEST(TaskGroup, spawn_starts_on_a_later_turn) {
  Loop loop;
  TaskGroup group(loop, "test");
  std::vector<std::string> notes;
  group.spawn(note(notes, "ran"));
  EXPECT_TRUE(notes.empty());
  EXPECT_EQ(group.size(), 1U);
  loop.run();
  EXPECT_EQ(notes, std::vector<std::string>{"ran"});
  EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroup, cancel_fails_the_present_wait_and_later_ones) {
  Loop loop;
  TaskGroup group(loop, "test");
  std::vector<std::string> notes;
  group.spawn(note_how_sleep_ends(notes));
  loop.post([&group] { group.cancel(); });
  loop.run();
  EXPECT_EQ(notes, (std::vector<std::string>{"cancelled", "again cancelled"}));
}

TEST(TaskGroup, a_task_cancelled_before_it_started_still_runs) {
  Loop loop;
  TaskGroup group(loop, "test");
  std::vector<std::string> notes;
  group.spawn(note_how_sleep_ends(notes));
  group.cancel();
  group.spawn(note_how_sleep_ends(notes));
  loop.run();
  EXPECT_EQ(notes, (std::vector<std::string>{"cancelled", "again cancelled", "cancelled",
                                             "again cancelled"}));
}

TEST(TaskGroup, cancel_between_two_runs_of_the_loop_reaches_the_task) {
  Loop loop;
  TaskGroup group(loop, "test");
  std::vector<std::string> notes;
  group.spawn(note_how_sleep_ends(notes));
  static_cast<void>(run_until_done(loop, sleep_for(1ms)));
  group.cancel();
  loop.run();
  EXPECT_EQ(notes, (std::vector<std::string>{"cancelled", "again cancelled"}));
}

TEST(TaskGroup, join_waits_for_every_task) {
  Loop loop;
  TaskGroup group(loop, "test");
  std::vector<std::string> notes;
  for (int i = 0; i < 100; ++i) group.spawn(note_how_sleep_ends(notes));
  static_cast<void>(run_until_done(loop, cancel_and_join(group)));
  EXPECT_EQ(notes.size(), 200U);
  EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroup, a_cancelled_join_cancels_the_group_and_still_waits) {
  Loop loop;
  TaskGroup inner(loop, "inner");
  TaskGroup outer(loop, "outer");
  std::vector<std::string> notes;
  inner.spawn(note_how_sleep_ends(notes));
  outer.spawn(join_all(inner));
  static_cast<void>(run_until_done(loop, sleep_for(1ms)));
  EXPECT_TRUE(notes.empty());
  static_cast<void>(run_until_done(loop, cancel_and_join(outer)));
  EXPECT_EQ(inner.size(), 0U);
  EXPECT_EQ(notes.size(), 2U);
}

Task<void> spawn_more(TaskGroup& group, std::vector<std::string>& notes) {
  group.spawn(note(notes, "inner"));
  notes.emplace_back("outer");
  co_return;
}

TEST(TaskGroup, a_task_may_spawn_into_its_own_group) {
  Loop loop;
  TaskGroup group(loop, "test");
  std::vector<std::string> notes;
  group.spawn(spawn_more(group, notes));
  loop.run();
  EXPECT_EQ(notes, (std::vector<std::string>{"outer", "inner"}));
}

Task<void> cancel_own_group(TaskGroup& group, std::vector<std::string>& notes) {
  group.cancel();
  const auto slept = co_await sleep_for(1h);
  notes.emplace_back(slept ? "slept" : "cancelled");
}

TEST(TaskGroup, a_task_may_cancel_its_own_group) {
  Loop loop;
  TaskGroup group(loop, "test");
  std::vector<std::string> notes;
  group.spawn(cancel_own_group(group, notes));
  loop.run();
  EXPECT_EQ(notes, std::vector<std::string>{"cancelled"});
}

Task<void> throw_something() {
  throw std::runtime_error("out");
  co_return;
}

TEST(TaskGroupDeathTest, an_exception_out_of_a_task_stops_the_program) {
  EXPECT_DEATH(
      {
        Loop loop;
        TaskGroup group(loop, "test");
        group.spawn(throw_something());
        loop.run();
      },
      "exception_left_a_task");
}

}  // namespace
}  // namespace llf::net
