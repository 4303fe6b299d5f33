#include "gateway/rewritten_events.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

RewrittenEvents without_empty() {
  return RewrittenEvents([](json::Object event) -> std::optional<json::Object> {
    if (event.empty()) return std::nullopt;
    event["seen"] = true;
    return event;
  });
}

TEST(RewrittenEvents, come_one_by_one_however_they_are_cut) {
  auto events = without_empty();
  EXPECT_EQ(events.feed("data: {\"a\":1}\n\ndata: {}\n\nda"), "data: {\"a\":1,\"seen\":true}\n\n");
  EXPECT_FALSE(events.done());
  EXPECT_EQ(events.feed("ta: [DONE]\n\n"), "data: [DONE]\n\n");
  EXPECT_TRUE(events.done());
}

TEST(RewrittenEvents, an_error_of_the_engine_is_one) {
  const auto told = without_empty().feed("data: {\"error\":{\"message\":\"x\"}}\n\n");
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().message, "an error was reported in the middle of the answer: x");
  EXPECT_TRUE(without_empty().feed("data: {\"error\":null}\n\n"));
  EXPECT_FALSE(without_empty().feed("data: nonsense\n\n"));
}

TEST(RewrittenEvents, are_rewritten_one_after_the_other_and_may_have_one_more_at_the_end) {
  auto events = without_empty();
  events.then([](json::Object event) -> std::optional<json::Object> {
    event["then"] = event.size();
    return event;
  });
  events.set_last([] { return json::Object{{"last", true}}; });
  EXPECT_EQ(events.feed("data: {\"a\":1}\n\ndata: {}\n\ndata: null\n\ndata: [DONE]\n\n"),
            "data: {\"a\":1,\"seen\":true,\"then\":2}\n\ndata: {\"last\":true}\n\n"
            "data: [DONE]\n\n");
}

}  // namespace
}  // namespace llf::gateway
