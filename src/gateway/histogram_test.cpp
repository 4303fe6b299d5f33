#include "gateway/histogram.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

TEST(Histogram, every_bucket_holds_all_that_took_no_longer) {
  Histogram histogram;
  histogram.note(1ms);
  histogram.note(40ms);
  histogram.note(1h);
  const auto text = histogram.text("t", R"(model="m")");
  EXPECT_THAT(text, HasSubstr("t_bucket{model=\"m\",le=\"0.001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("t_bucket{model=\"m\",le=\"0.025\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("t_bucket{model=\"m\",le=\"0.05\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("t_bucket{model=\"m\",le=\"300\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("t_bucket{model=\"m\",le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("t_sum{model=\"m\"} 3600.041000\nt_count{model=\"m\"} 3\n"));
}

}  // namespace
}  // namespace llf::gateway
