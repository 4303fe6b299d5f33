#include "gateway/stream_end.hpp"

#include <gtest/gtest.h>

namespace llf::gateway {
namespace {

constexpr std::string_view kStream = "data: {\"a\":1}\n\ndata: [DONE]\n\n";

bool done_after(std::string_view stream) {
  StreamEnd end;
  end.feed(stream);
  return end.seen_done();
}

TEST(StreamEnd, sees_done_however_the_stream_is_cut) {
  for (std::size_t step = 1; step <= kStream.size(); ++step) {
    StreamEnd end;
    for (std::size_t i = 0; i < kStream.size(); i += step) end.feed(kStream.substr(i, step));
    EXPECT_TRUE(end.seen_done()) << step;
  }
}

TEST(StreamEnd, every_line_end_of_the_format_will_do) {
  EXPECT_TRUE(done_after("data: {}\r\n\r\ndata: [DONE]\r\n\r\n"));
  EXPECT_TRUE(done_after("data: [DONE]\n"));
}

TEST(StreamEnd, a_stream_that_was_cut_has_not_ended) {
  for (std::size_t n = 0; n + 2 < kStream.size(); ++n) {
    EXPECT_FALSE(done_after(kStream.substr(0, n))) << n;
  }
}

TEST(StreamEnd, the_words_inside_an_answer_are_not_the_end) {
  EXPECT_FALSE(done_after("data: {\"content\":\"data: [DONE]\"}\n\n"));
  EXPECT_FALSE(done_after("xdata: [DONE]\n\n"));
  EXPECT_FALSE(done_after("data: [DONE]\n\ndata: {}\n\n"));
}

}  // namespace
}  // namespace llf::gateway
