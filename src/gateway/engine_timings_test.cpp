#include "gateway/engine_timings.hpp"

#include <gtest/gtest.h>

#include <string>

namespace llf::gateway {
namespace {

const std::string kLast =
    R"(data: {"choices":[],"timings":{"cache_n":1,"prompt_n":30,"prompt_per_second":900.5,)"
    R"("predicted_n":42,"predicted_ms":100.0,"predicted_per_second":41.25}})"
    "\n\ndata: [DONE]\n\n";

TEST(EngineTimings, are_found_however_the_bytes_are_cut) {
  for (const std::size_t step : {1U, 7U, 100U, 10'000U}) {
    const auto text = "data: {\"x\":\"" + std::string(20'000, 'y') + "\"}\n\n" + kLast;
    EngineTimings timings;
    for (std::size_t at = 0; at < text.size(); at += step) {
      timings.feed(std::string_view(text).substr(at, step));
    }
    const auto speed = timings.speed();
    ASSERT_TRUE(speed) << step;
    EXPECT_EQ(speed->tokens, 42);
    EXPECT_EQ(speed->tokens_per_s, 41.25);
  }
}

TEST(EngineTimings, a_text_that_talks_of_them_is_none) {
  EngineTimings timings;
  timings.feed(R"(data: {"content":"{\"predicted_n\":1,\"predicted_per_second\":2}"})");
  EXPECT_FALSE(timings.speed());
}

TEST(EngineTimings, what_is_cut_or_no_number_is_none) {
  EngineTimings timings;
  timings.feed(R"("predicted_n":7,"predicted_per_second":)");
  EXPECT_FALSE(timings.speed());
  timings.feed("null}");
  EXPECT_FALSE(timings.speed());
}

}  // namespace
}  // namespace llf::gateway
