#include "hub/sender_log.hpp"

#include <gtest/gtest.h>

namespace llf::hub {
namespace {

using Sources = std::vector<SenderLog::Source>;
using Blamed = std::set<SenderLog::Source>;

TEST(SenderLog, knows_who_sent_what_is_there) {
  SenderLog log(2);
  log.wrote(0, {0, 100});
  log.wrote(1, {50, 150});
  EXPECT_EQ(log.of(0).ranges(), (std::vector<Range>{{0, 50}}));
  EXPECT_EQ(log.of(1).ranges(), (std::vector<Range>{{50, 150}}));
  log.agreed(0, {50, 60});
  EXPECT_EQ(log.of(0).ranges(), (std::vector<Range>{{0, 60}}));
  EXPECT_EQ(log.of(1).total(), 100U);
}

TEST(SenderLog, who_was_corrected_is_to_blame) {
  SenderLog log(2);
  log.wrote(0, {0, 100});
  log.wrote(1, {100, 200});
  log.agreed(1, {0, 100});
  EXPECT_EQ(log.blamed({}), Blamed{});
  log.differed(0, {120, 121});
  EXPECT_EQ(log.blamed({}), Blamed{1});
}

TEST(SenderLog, of_who_sent_all_of_what_is_right_the_others_are) {
  SenderLog log(3);
  log.wrote(0, {0, 100});
  log.wrote(1, {100, 200});
  log.wrote(2, {200, 300});
  log.differed(1, {0, 1});      // spoils what was right
  log.differed(0, {150, 151});  // and is corrected itself
  EXPECT_EQ(log.by_doubt(), (Sources{2, 0, 1})) << "whom nobody contradicts comes first";
  EXPECT_EQ(log.blamed(0), Blamed{1});
  EXPECT_EQ(log.blamed(1), Blamed{0});
}

TEST(SenderLog, what_one_sends_in_two_ways_blames_nobody) {
  SenderLog log(1);
  log.wrote(0, {0, 100});
  log.differed(0, {5, 6});
  EXPECT_EQ(log.blamed({}), Blamed{});
  EXPECT_EQ(log.blamed(0), Blamed{});
}

TEST(SenderLog, of_whom_nothing_is_known_nobody_is_to_blame) {
  SenderLog log(2);
  log.differed(1, {5, 6});
  EXPECT_EQ(log.blamed({}), Blamed{});
  EXPECT_EQ(log.of(1).total(), 1U);
}

}  // namespace
}  // namespace llf::hub
