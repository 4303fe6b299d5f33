#include "net/stream_tail.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace llf::net {
namespace {

TEST(StreamTail, knows_the_end_of_an_event_however_the_bytes_are_cut) {
  const std::vector<std::pair<std::string, bool>> kCases{
      {"", true},
      {"data: x\n\n", true},
      {"data: x\r\n\r\n", true},
      {"data: x\r\r", true},
      {"data: x\n\r\n", true},
      {": ping\n\n", true},
      {"data: x\n\ndata: y\n\n", true},
      {"\r\n\r\n", true},
      {"data: x", false},
      {"data: x\n", false},
      {"data: x\r\n", false},
      {"data: x\r", false},
      {"data: x\n\nd", false},
      {"data: x\n\nevent: y\n", false},
      {"data: a long line of an event\r\n", false},
  };
  for (const auto& [bytes, end] : kCases) {
    for (std::size_t a = 0; a <= bytes.size(); ++a) {
      for (std::size_t b = a; b <= bytes.size(); ++b) {
        StreamTail tail;
        tail.feed(bytes.substr(0, a));
        tail.feed(bytes.substr(a, b - a));
        tail.feed(bytes.substr(b));
        EXPECT_EQ(tail.at_event_end(), end) << bytes << " cut at " << a << " and " << b;
      }
    }
  }
}

}  // namespace
}  // namespace llf::net
