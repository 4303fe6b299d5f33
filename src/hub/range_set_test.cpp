#include "hub/range_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace llf::hub {
namespace {

using testing::ElementsAre;

TEST(RangeSet, joins_what_touches) {
  RangeSet set;
  set.add({10, 20});
  set.add({30, 40});
  set.add({20, 30});
  set.add({5, 5});
  EXPECT_THAT(set.ranges(), ElementsAre(Range{10, 40}));
  EXPECT_EQ(set.front(), 0U);
  set.add({0, 12});
  EXPECT_EQ(set.front(), 40U);
  EXPECT_EQ(set.total(), 40U);
}

TEST(RangeSet, finds_gaps) {
  RangeSet set;
  set.add({10, 20});
  set.add({30, 40});
  EXPECT_EQ(set.first_gap(0, 100, 5), (Range{0, 5}));
  EXPECT_EQ(set.first_gap(0, 100, 50), (Range{0, 10}));
  EXPECT_EQ(set.first_gap(15, 100, 50), (Range{20, 30}));
  EXPECT_EQ(set.first_gap(35, 100, 50), (Range{40, 90}));
  EXPECT_EQ(set.first_gap(30, 40, 50), std::nullopt);
}

// Against a plain array of bytes.
TEST(RangeSetModel, is_as_a_set_of_bytes) {
  constexpr std::uint64_t kSize = 64;
  std::mt19937_64 random(20261127);
  for (int round = 0; round < 2000; ++round) {
    RangeSet set;
    std::vector<bool> bytes(kSize);
    for (int step = 0; step < 12; ++step) {
      const auto a = random() % (kSize + 1);
      const auto b = random() % (kSize + 1);
      const Range range{std::min(a, b), std::max(a, b)};
      const bool adds = random() % 3 != 0;
      adds ? set.add(range) : set.remove(range);
      for (auto i = range.begin; i < range.end; ++i) bytes[i] = adds;
    }
    std::uint64_t total = 0;
    for (const auto& range : set.ranges()) {
      for (auto i = range.begin; i < range.end; ++i) ASSERT_TRUE(bytes[i]);
      total += range.size();
    }
    ASSERT_EQ(total, set.total());
    ASSERT_EQ(total, static_cast<std::uint64_t>(std::ranges::count(bytes, true)));
    const auto gap = set.first_gap(0, kSize, kSize);
    const auto first =
        static_cast<std::uint64_t>(std::distance(bytes.begin(), std::ranges::find(bytes, false)));
    ASSERT_EQ(gap ? gap->begin : kSize, first);
    ASSERT_EQ(set.front(), first);
  }
}

TEST(RangeSet, a_range_without_parts_of_it) {
  const auto rest = without({0, 10}, {{2, 3}, {8, 12}});
  EXPECT_EQ(rest.ranges(), (std::vector<Range>{{0, 2}, {3, 8}}));
  EXPECT_EQ(without({0, 10}, {}).total(), 10U);
}

}  // namespace
}  // namespace llf::hub
