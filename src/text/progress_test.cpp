#include "text/progress.hpp"

#include "text/width.hpp"

#include <gtest/gtest.h>

namespace llf::text {
namespace {

using std::chrono::milliseconds;

TEST(Progress, a_known_fraction_is_a_bar) {
  EXPECT_EQ(progress_line({"loading x", 0.5, milliseconds(1340)}, 80),
            "loading x  ████████████               50 %  1.3 s");
}

TEST(Progress, an_unknown_fraction_is_a_spinner_that_time_turns) {
  const auto first = progress_line({"loading x", {}, milliseconds(0)}, 80);
  const auto second = progress_line({"loading x", {}, milliseconds(100)}, 80);
  EXPECT_EQ(first, "⠋ loading x  0.0 s");
  EXPECT_EQ(second, "⠙ loading x  0.1 s");
}

TEST(Progress, a_detail_stands_in_place_of_the_time) {
  EXPECT_EQ(progress_line({.label = "x", .fraction = 0.5, .elapsed = {}, .detail = "2 MB/s"}, 26),
            "x  ████       50 %  2 MB/s");
}

TEST(Progress, a_line_is_never_wider_than_asked_for) {
  for (std::size_t columns = 1; columns < 100; ++columns) {
    for (const double fraction : {-1.0, 0.0, 0.33, 0.999, 1.0, 7.0}) {
      EXPECT_LE(display_width(progress_line({"loading 漢字", fraction, milliseconds(9)}, columns)),
                columns);
    }
    EXPECT_LE(display_width(progress_line({"loading", {}, milliseconds(9)}, columns)), columns);
  }
}

TEST(Progress, the_bar_is_full_at_the_end_only) {
  const auto whole = progress_line({"x", 1.0, milliseconds(0)}, 80);
  EXPECT_NE(whole.find("████████████████████████  100 %"), std::string::npos);
  EXPECT_EQ(progress_line({"x", 0.999, milliseconds(0)}, 80).find("████████████████████████ "),
            std::string::npos);
}

}  // namespace
}  // namespace llf::text
