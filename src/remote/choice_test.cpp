#include "remote/choice.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

namespace llf::remote {
namespace {

TEST(Choice, of_none_there_is_none) {
  EXPECT_EQ(choose({}, 0), std::nullopt);
  EXPECT_EQ(choose({}, 7), std::nullopt);
}

TEST(Choice, without_a_session_the_one_with_the_least_to_do) {
  const std::array<Candidate, 3> all{{{"a", 2}, {"b", 1}, {"c", 3}}};
  EXPECT_EQ(choose(all, 0), 1);
}

TEST(Choice, a_session_stays_where_it_is_whatever_else_comes_and_goes) {
  const std::array<Candidate, 3> three{{{"a"}, {"b"}, {"c"}}};
  const std::array<Candidate, 2> two{{{"a"}, {"b"}}};
  for (std::uint64_t session = 1; session <= 1000; ++session) {
    const auto first = *choose(three, session);
    EXPECT_EQ(choose(three, session), first);
    if (first != 2) {
      EXPECT_EQ(choose(two, session), first);
    }
  }
}

TEST(Choice, sessions_spread_over_servers_whose_names_are_alike) {
  const std::array<Candidate, 4> all{{{"gpu1"}, {"gpu2"}, {"gpu3"}, {"gpu4"}}};
  std::array<int, 4> counts{};
  for (std::uint64_t session = 1; session <= 4000; ++session) ++counts[*choose(all, session)];
  for (const int count : counts) {
    EXPECT_GT(count, 800);
    EXPECT_LT(count, 1200);
  }
}

TEST(Choice, one_busy_session_does_not_take_its_server_over_the_others) {
  std::array<Candidate, 3> all{{{"a"}, {"b"}, {"c"}}};
  for (int i = 0; i < 30; ++i) ++all[*choose(all, 42)].active;
  const auto [least, most] = std::ranges::minmax(all, {}, &Candidate::active);
  EXPECT_LE(most.active, 14);  // 1.25 times the mean of ten, and one more
  EXPECT_GE(least.active, 1);
}

TEST(Choice, there_is_always_one) {
  std::mt19937_64 random(20261127);
  for (int i = 0; i < 10'000; ++i) {
    std::vector<std::string> names;
    std::vector<Candidate> all;
    const auto count = 1 + random() % 8;
    for (std::size_t n = 0; n < count; ++n) names.push_back("e" + std::to_string(n));
    for (const auto& name : names) all.push_back({.name = name, .active = random() % 50});
    ASSERT_TRUE(choose(all, random()));
  }
}

}  // namespace
}  // namespace llf::remote
