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

}  // namespace
}  // namespace llf::gateway
