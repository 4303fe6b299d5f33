#include "gateway/metrics.hpp"

#include "base/limits.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Metrics, tells_of_each_model) {
  Metrics metrics;
  ++metrics.of("a").outcomes[Outcome::served];
  ++metrics.of("a").outcomes[Outcome::served];
  ++metrics.of("b\"\\").outcomes[Outcome::client_gone];
  metrics.of("a").queue.note(std::chrono::milliseconds(3));
  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("llf_requests_total{model=\"a\",outcome=\"served\"} 2\n"));
  EXPECT_THAT(text, HasSubstr(R"(model="b\"\\",outcome="client_gone"} 1)"));
  EXPECT_THAT(text, HasSubstr("# TYPE llf_queue_seconds histogram\n"));
  EXPECT_THAT(text, HasSubstr("llf_queue_seconds_count{model=\"a\"} 1\n"));
}

TEST(Metrics, knows_no_more_models_than_it_may) {
  Metrics metrics;
  for (std::size_t i = 0; i < limits::kMeasuredModels + 10; ++i) {
    ++metrics.of("m" + std::to_string(i)).outcomes[Outcome::served];
  }
  EXPECT_THAT(metrics.text(), HasSubstr("model=\"other\",outcome=\"served\"} 10\n"));
}

TEST(MergedMetrics, have_the_models_name) {
  constexpr auto kText =
      "# HELP llamacpp:n Number.\n# TYPE llamacpp:n counter\nllamacpp:n 3\n"
      "llamacpp:pos{pos=\"1\"} 0.5\n";
  EXPECT_EQ(merge_metrics({{.model = "a", .text = kText}, {.model = "b", .text = kText}}),
            "# HELP llamacpp:n Number.\n# TYPE llamacpp:n counter\n"
            "llamacpp:n{model=\"a\"} 3\nllamacpp:n{model=\"b\"} 3\n"
            "llamacpp:pos{model=\"a\",pos=\"1\"} 0.5\nllamacpp:pos{model=\"b\",pos=\"1\"} 0.5\n");
}

TEST(MergedMetrics, what_is_none_is_left_out) {
  const auto text = merge_metrics(
      {{.model = "a", .text = "<html>\nx\nx y\n# a comment\nok 1\nbad{ 1\nllama n\n\xFF 1"}});
  EXPECT_EQ(text, "ok{model=\"a\"} 1\n");
}

}  // namespace
}  // namespace llf::gateway
