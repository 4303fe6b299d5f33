#include "gateway/streamed_text.hpp"

#include "base/limits.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace llf::gateway {
namespace {

constexpr std::string_view kRest =
    R"("created":7,"id":"chatcmpl-1","model":"m","object":"chat.completion.chunk"})"
    "\n\n";

std::string chunk(std::string_view delta, std::string_view finish = "null") {
  return fmt::format(R"(data: {{"choices":[{{"finish_reason":{},"index":0,"delta":{}}}],{})",
                     finish, delta, kRest);
}

std::string first() {
  return chunk(R"({"role":"assistant","content":null})");
}

std::string said(std::string_view escaped) {
  return chunk(fmt::format(R"({{"content":"{}"}})", escaped));
}

StreamedText fed(std::string_view bytes, Api api = Api::chat) {
  StreamedText text(api);
  text.feed(bytes);
  return text;
}

TEST(StreamedText, keeps_what_was_said_and_what_every_event_has) {
  const auto text = fed(first() + said("Hello") + said(R"(, \"w\u00f6rld\"\n)"));
  EXPECT_TRUE(text.can_continue());
  EXPECT_EQ(text.text(), "Hello, \"w\xC3\xB6rld\"\n");
  EXPECT_EQ(text.tokens(), 2);
  EXPECT_EQ(json::write(text.head()), R"({"created":7,"id":"chatcmpl-1","model":"m",)"
                                      R"("object":"chat.completion.chunk"})");
}

TEST(StreamedText, bytes_may_be_cut_anywhere) {
  const auto stream =
      first() + said("a") + ": ping\n\n" + said(R"(\\\")") + said("\xF0\x9F\xA6\x99");
  const auto whole = fed(stream);
  for (const std::size_t step : {1U, 2U, 7U, 100U}) {
    StreamedText text(Api::chat);
    for (std::size_t at = 0; at < stream.size(); at += step) {
      text.feed(std::string_view(stream).substr(at, step));
    }
    EXPECT_TRUE(text.can_continue());
    EXPECT_EQ(text.text(), whole.text()) << step;
    EXPECT_EQ(text.tokens(), 3);
  }
}

TEST(StreamedText, within_an_event_nothing_can_be_gone_on_with) {
  auto text = fed(first() + said("a") + "data: {\"choi");
  EXPECT_FALSE(text.can_continue());
  EXPECT_FALSE(fed("").can_continue());
}

TEST(StreamedText, what_has_ended_is_not_gone_on_with) {
  EXPECT_FALSE(fed(first() + said("a") + chunk("{}", R"("stop")")).can_continue());
  EXPECT_FALSE(fed(first() + "data: {\"choices\":[],\"usage\":{}}\n\n").can_continue());
  EXPECT_FALSE(fed(first() + "data: [DONE]\n\n").can_continue());
}

TEST(StreamedText, neither_is_what_is_more_than_text) {
  for (const auto* delta :
       {R"({"reasoning_content":"hm"})", R"({"tool_calls":[{"index":0}]})", R"({"content":3})"}) {
    EXPECT_FALSE(fed(first() + said("a") + chunk(delta)).can_continue()) << delta;
  }
  EXPECT_FALSE(fed(first() + "data: {\"error\":{}}\n\n").can_continue());
  EXPECT_FALSE(fed(first() + "event: x\ndata: {}\n\n").can_continue());
  EXPECT_FALSE(
      fed(first() + "data: {\"choices\":[{\"index\":1,\"delta\":{}}]}\n\n").can_continue());
  EXPECT_FALSE(fed(first() +
                   R"(data: {"choices":[{"index":0,"delta":{"content":"a"},"logprobs":{}}]})" +
                   "\n\n")
                   .can_continue());
}

TEST(StreamedText, another_shape_of_the_same_is_as_good) {
  const auto text = fed(R"(data: {"id":"x","choices":[{"delta":{"content":"a"}, "index":0}]})"
                        "\n\n"
                        R"(data: {"choices":[{"index":0,"delta":{"content":"b"},"logprobs":null}]})"
                        "\n\n");
  EXPECT_TRUE(text.can_continue());
  EXPECT_EQ(text.text(), "ab");
  EXPECT_EQ(json::write(text.head()), R"({"id":"x"})");
}

TEST(StreamedText, a_completion_has_events_of_its_own) {
  const auto event = [](std::string_view text) {
    return fmt::format(
        R"(data: {{"choices":[{{"text":"{}","index":0,"logprobs":null,"finish_reason":null}}],)"
        R"("created":7,"id":"c"}})"
        "\n\n",
        text);
  };
  const auto text = fed(event(" the") + event(" end"), Api::completion);
  EXPECT_TRUE(text.can_continue());
  EXPECT_EQ(text.text(), " the end");
}

TEST(StreamedText, holds_no_more_than_it_may) {
  StreamedText text(Api::chat);
  text.feed(first());
  const auto much = said(std::string(100'000, 'x'));
  for (std::size_t size = 0; size <= limits::kContinuedText.bytes(); size += 100'000) {
    text.feed(much);
  }
  EXPECT_FALSE(text.can_continue());
  StreamedText endless(Api::chat);
  endless.feed(first());
  endless.feed(std::string(limits::kUnfinishedEvent.bytes() + 1, 'x'));
  EXPECT_FALSE(endless.can_continue());
}

}  // namespace
}  // namespace llf::gateway
