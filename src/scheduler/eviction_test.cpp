#include "scheduler/eviction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::scheduler {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::UnorderedElementsAre;

Candidate candidate(std::uint64_t gib, Duration idle, Duration reload = 1s) {
  return {.memory = ByteSize::gib(gib), .idle = idle, .reload = reload};
}

Shortage memory(std::uint64_t gib) {
  return {.memory = ByteSize::gib(gib), .places = 0};
}

TEST(Eviction, the_longest_unused_goes) {
  const std::vector<Candidate> all{candidate(1, 10s), candidate(1, 30s), candidate(1, 20s)};
  EXPECT_THAT(choose_victims(all, {.memory = {}, .places = 1}).value(), ElementsAre(1));
}

TEST(Eviction, what_is_dear_to_load_stays_longer) {
  const std::vector<Candidate> all{candidate(1, 30s, 20s), candidate(1, 10s, 1s)};
  EXPECT_THAT(choose_victims(all, {.memory = {}, .places = 1}).value(), ElementsAre(1));
}

TEST(Eviction, no_more_go_than_are_needed) {
  const std::vector<Candidate> all{candidate(1, 50s), candidate(8, 40s), candidate(2, 30s)};
  EXPECT_THAT(choose_victims(all, memory(1)).value(), ElementsAre(0));
  EXPECT_THAT(choose_victims(all, memory(6)).value(), ElementsAre(1)) << "the small one need not";
  EXPECT_THAT(choose_victims(all, memory(9)).value(), UnorderedElementsAre(0, 1));
  EXPECT_THAT(choose_victims(all, {}).value(), ElementsAre());
}

TEST(Eviction, places_and_memory_are_both_looked_at) {
  const std::vector<Candidate> all{candidate(4, 50s), candidate(1, 40s)};
  EXPECT_EQ(choose_victims(all, {.memory = ByteSize::gib(1), .places = 2})->size(), 2);
}

TEST(Eviction, where_all_do_not_suffice_none_goes) {
  const std::vector<Candidate> all{candidate(1, 50s)};
  EXPECT_FALSE(choose_victims(all, memory(2)));
  EXPECT_FALSE(choose_victims({}, {.memory = {}, .places = 1}));
}

}  // namespace
}  // namespace llf::scheduler
