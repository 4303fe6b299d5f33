#include "hub/transfer_plan.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace llf::hub {
namespace {

using namespace std::chrono_literals;

TEST(TransferPlan, gives_parts_from_the_front_and_then_halves_of_the_slowest) {
  RangeSet written;
  written.add({10, 20});
  TransferPlan plan(40, written, 10, 2);
  EXPECT_EQ(plan.give(1), (Range{0, 10}));
  EXPECT_EQ(plan.give(2), (Range{20, 30}));
  EXPECT_EQ(plan.give(3), (Range{30, 40}));
  plan.advance(1, 9);
  plan.advance(2, 22);
  plan.advance(3, 36);
  EXPECT_EQ(plan.give(4), (Range{26, 30})) << "half of the eight that lane 2 has left";
  EXPECT_EQ(plan.end_of(2), 26U);
  plan.advance(2, 24);
  EXPECT_EQ(plan.give(5), (Range{38, 40}));
  EXPECT_EQ(plan.give(6), (Range{28, 30}));
  EXPECT_EQ(plan.give(7), std::nullopt) << "less is left anywhere than is worth it";
}

TEST(TransferPlan, what_is_given_up_is_free_again) {
  TransferPlan plan(30, {}, 10, 2);
  EXPECT_EQ(plan.give(1), (Range{0, 10}));
  EXPECT_EQ(plan.give(2), (Range{10, 20}));
  plan.advance(1, 6);
  plan.release(1, 4);
  EXPECT_EQ(plan.give(3), (Range{4, 10})) << "what was not noted is fetched again";
}

TEST(TransferPlan, of_a_server_without_ranges_one_lane_gets_all) {
  TransferPlan plan(30, {}, 10, 2);
  plan.give_rest(1, 5);
  EXPECT_EQ(plan.end_of(1), 30U);
  plan.release(1, 12);
  EXPECT_EQ(plan.give(2), (Range{0, 5}));
  EXPECT_EQ(plan.give(3), (Range{12, 22}));
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
