#include "os/process_facts.hpp"

#include "os/child_process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <sched.h>
#include <unistd.h>
#include <vector>

namespace llf::os {
namespace {

using namespace std::chrono_literals;

TEST(ProcStat, a_name_with_parentheses_does_not_confuse) {
  const auto stat = parse_proc_stat(
      "42 (a) R (b) S 1 42 42 0 -1 4194560 100 0 0 0 7 5 0 0 20 0 1 0 98765 1 2 3 4\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->group, 42);
  EXPECT_EQ(stat->cpu_ticks, 12U);
  EXPECT_EQ(stat->start_time, 98765U);
}

TEST(ProcStat, what_is_too_short_or_no_number_is_corrupt) {
  for (const auto* text :
       {"", ")", "1 (x) S 1 2", "1 (x) S 1 42 42 0 -1 4194560 100 0 0 0 x 5 0 0 20 0 1 0 9 1"}) {
    EXPECT_EQ(parse_proc_stat(text).error().kind, ErrorKind::corrupt) << text;
  }
}

TEST(ProcessFacts, tell_about_ourselves) {
  const auto rss = rss_bytes(::getpid());
  ASSERT_TRUE(rss);
  EXPECT_GT(rss->bytes(), 100'000U);
  EXPECT_TRUE(cpu_time(::getpid()));
  EXPECT_EQ(proc_stat(::getpid())->state, 'R');
  EXPECT_EQ(boot_id()->size(), 36U);
}

TEST(ProcessFacts, of_no_process_are_not_found) {
  constexpr pid_t kNobody = 0x3fffffff;
  EXPECT_EQ(rss_bytes(kNobody).error().kind, ErrorKind::not_found);
  EXPECT_EQ(identify(kNobody).error().kind, ErrorKind::not_found);
}

TEST(ProcessFacts, know_the_members_of_a_group_and_where_they_work) {
  auto child = spawn({.argv = {"/bin/sleep", "1000"}, .env = {}, .cwd = "/tmp"});
  ASSERT_TRUE(child);
  const auto identity = identify(child->pid());
  ASSERT_TRUE(identity);
  EXPECT_EQ(members_of_group(child->pid()), std::vector{*identity});
  EXPECT_TRUE(works_in(child->pid(), "/tmp/."));
  EXPECT_FALSE(works_in(child->pid(), "/"));
  ASSERT_EQ(end_identified(*identity, 60s), SignalResult::sent);
  EXPECT_TRUE(members_of_group(child->pid()).empty()) << "a zombie has ended";
}

TEST(ProcessFacts, a_tree_is_counted_as_one) {
  constexpr auto* kScript = "(/bin/sh -c 'sleep 1000; :'; :) & wait";
  auto script = spawn({.argv = {"/bin/sh", "-c", kScript}, .env = {}, .cwd = "/"});
  ASSERT_TRUE(script);
  const auto pid = script->pid();
  constexpr std::size_t kProcesses = 4;
  while (process_tree(pid).size() < kProcesses) ::sched_yield();
  EXPECT_EQ(process_tree(pid).front(), pid);
  EXPECT_GT(tree_rss(pid)->bytes(), rss_bytes(pid)->bytes());
  EXPECT_GE(*tree_cpu_time(pid), *cpu_time(pid));
  constexpr pid_t kNobody = 0x3fffffff;
  EXPECT_EQ(tree_rss(kNobody).error().kind, ErrorKind::not_found);
  EXPECT_EQ(tree_cpu_time(kNobody).error().kind, ErrorKind::not_found);
}

TEST(MachineFacts, are_plausible) {
  const auto total = total_memory();
  const auto available = available_memory();
  ASSERT_TRUE(total && available);
  EXPECT_GT(available->bytes(), 0U);
  EXPECT_LE(available->bytes(), total->bytes());
  EXPECT_GE(usable_cores(), 1U);
}

Expected<ChildProcess> sleeper() {
  return spawn({.argv = {"/bin/sleep", "1000"}, .env = {}, .cwd = "/"});
}

// F19
TEST(EndIdentified, never_hits_a_process_that_got_the_pid_later) {
  auto child = sleeper();
  ASSERT_TRUE(child);
  auto earlier = *identify(child->pid());
  --earlier.start_time;
  EXPECT_EQ(end_identified(earlier, 60s), SignalResult::gone);
  auto other_boot = *identify(child->pid());
  other_boot.boot_id = "00000000-0000-0000-0000-000000000000";
  EXPECT_EQ(end_identified(other_boot, 60s), SignalResult::gone);
  const auto status = child->try_reap();
  ASSERT_TRUE(status);
  EXPECT_FALSE(status->has_value()) << "it still runs";
}

TEST(EndIdentified, has_ended_the_process_when_it_returns) {
  auto child = sleeper();
  ASSERT_TRUE(child);
  const auto identity = identify(child->pid());
  ASSERT_TRUE(identity);
  auto earlier = *identity;
  --earlier.start_time;
  EXPECT_EQ(end_identified(earlier, 60s), SignalResult::gone);
  EXPECT_EQ(end_identified(*identity, 60s), SignalResult::sent);
  const auto status = child->try_reap();
  ASSERT_TRUE(status);
  EXPECT_TRUE(status->has_value());
  EXPECT_EQ(end_identified(*identity, 60s), SignalResult::gone);
}

TEST(EndIdentified, absurd_pids_hit_nobody) {
  for (const pid_t pid : {0, -1, 1}) {
    EXPECT_EQ(end_identified({.pid = pid, .start_time = 0, .boot_id = ""}, 60s),
              SignalResult::gone);
  }
}

}  // namespace
}  // namespace llf::os
