#include "hub/transfer_plan.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace llf::hub {
namespace {

using namespace std::chrono_literals;

TEST(TransferPlan, gives_parts_from_the_front_that_become_smaller) {
  RangeSet written;
  written.add({10, 20});
  TransferPlan plan(100, written, 10, 2);
  EXPECT_EQ(plan.give(1), (Range{0, 10}));
  EXPECT_EQ(plan.give(2), (Range{20, 30})) << "not a sixth of the rest, but a part at most";
  EXPECT_EQ(plan.give(3), (Range{30, 40}));
  EXPECT_EQ(plan.give(4), (Range{40, 47})) << "an eighth of the rest";
  EXPECT_EQ(plan.give(5), (Range{47, 52}));
  EXPECT_EQ(plan.give(6), (Range{52, 56}));
}

TEST(TransferPlan, gives_half_of_what_the_slowest_has_left_when_nothing_is_free) {
  TransferPlan plan(40, {}, 10, 2);
  std::size_t lane = 0;
  std::uint64_t end = 0;
  while (end < 40) end = plan.give(lane++)->end;
  EXPECT_EQ(plan.end_of(0), 10U);
  plan.advance(0, 2);
  const auto half = plan.give(lane++);
  EXPECT_EQ(half, (Range{6, 10}));
  EXPECT_EQ(plan.end_of(0), 6U);
  for (std::size_t i = 0; i < lane; ++i) plan.advance(i, plan.end_of(i));
  EXPECT_EQ(plan.give(lane), std::nullopt) << "nothing is left anywhere";
}

TEST(TransferPlan, what_is_given_up_is_free_again) {
  TransferPlan plan(30, {}, 10, 2);
  const auto first = plan.give(1);
  EXPECT_EQ(first, (Range{0, 10}));
  EXPECT_EQ(plan.give(2), (Range{10, 15}));
  plan.advance(1, 6);
  plan.release(1, 4);
  EXPECT_EQ(plan.give(3), (Range{4, 9})) << "what was not noted is fetched again";
  EXPECT_EQ(plan.give(4)->begin, 9U);
}

TEST(TransferPlan, of_a_server_without_ranges_one_lane_gets_all) {
  TransferPlan plan(30, {}, 10, 2);
  plan.give_rest(1, 5);
  EXPECT_EQ(plan.end_of(1), 30U);
  plan.release(1, 12);
  EXPECT_EQ(plan.give(2), (Range{0, 5}));
  EXPECT_EQ(plan.give(3)->begin, 12U);
}

// Whatever fails when: every byte is fetched, and none by two lanes at once.
TEST(TransferPlanModel, ends_with_every_byte_there) {
  std::mt19937_64 random(27112026);
  for (int round = 0; round < 500; ++round) {
    const std::uint64_t size = 1 + random() % 500;
    TransferPlan plan(size, {}, 1 + random() % 60, 1 + random() % 5);
    RangeSet written;
    std::map<std::size_t, Range> lanes;  // what each still has to fetch
    std::size_t next = 0;
    for (int steps = 0; written.total() < size; ++steps) {
      ASSERT_LT(steps, 20'000);
      if (lanes.size() < 5 && random() % 2 == 0) {
        if (const auto range = plan.give(next)) lanes.emplace(next, *range);
        ++next;
      }
      if (lanes.empty()) continue;
      auto at = std::next(lanes.begin(), static_cast<std::ptrdiff_t>(random() % lanes.size()));
      auto& [lane, left] = *at;
      left.end = plan.end_of(lane);
      const auto come = std::min(left.size(), random() % 20);
      RangeSet before = written;
      written.add({left.begin, left.begin + come});
      ASSERT_EQ(written.total(), before.total() + come) << "fetched twice";
      left.begin += come;
      plan.advance(lane, left.begin);
      if (left.size() == 0 || random() % 10 == 0) {
        plan.release(lane, left.begin);
        lanes.erase(at);
      }
    }
  }
}

TEST(ConnectionCount, grows_while_it_pays) {
  ConnectionCount count(2, 16);
  MonoTime now{};
  std::uint64_t bytes = 0;
  const auto measure = [&](std::uint64_t rate) {
    now += 1s;
    bytes += rate;
    count.measure(now, bytes);
    return count.count();
  };
  EXPECT_EQ(measure(0), 2U);
  EXPECT_EQ(measure(100), 4U);
  EXPECT_EQ(measure(200), 8U);
  EXPECT_EQ(measure(205), 8U) << "twice as many brought nothing";
  EXPECT_EQ(measure(1000), 8U);
}

TEST(ConnectionCount, ends_at_the_limit_and_eases) {
  ConnectionCount count(2, 5);
  MonoTime now{};
  std::uint64_t bytes = 0;
  for (std::uint64_t rate = 100; rate < 100'000; rate *= 2) {
    now += 1s;
    bytes += rate;
    count.measure(now, bytes);
  }
  EXPECT_EQ(count.count(), 5U);
  count.ease();
  EXPECT_EQ(count.count(), 2U);
  count.ease();
  count.ease();
  EXPECT_EQ(count.count(), 1U);
}

}  // namespace
}  // namespace llf::hub
