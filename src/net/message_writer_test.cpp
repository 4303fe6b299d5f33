#include "net/message_writer.hpp"

#include <gtest/gtest.h>

namespace llf::net {
namespace {

TEST(MessageWriter, answer_head_carries_our_framing_and_nobody_elses) {
  const Headers headers{{"Content-Type", "text/plain"},
                        {"Transfer-Encoding", "gzip"},
                        {"Content-Length", "99"},
                        {"Connection", "close"},
                        {"Date", "x"}};
  const auto text = write_answer_head({.status = 200, .length = 3}, headers);
  EXPECT_TRUE(text.starts_with("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_TRUE(text.ends_with(" GMT\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\n"));
}

TEST(MessageWriter, nothing_in_a_field_can_end_its_line) {
  const auto text = write_answer_head(
      {.status = 200, .mode = BodyMode::chunked, .length = {}, .keep_alive = false},
      {{"X", "a\r\nSet-Cookie: b"}, {"Y\r\nZ", "c"}, {"", "d"}, {"W", std::string("\0", 1)}});
  EXPECT_EQ(text.find("Set-Cookie"), text.find("X: a  Set-Cookie: b\r\n") + 6);
  EXPECT_EQ(text.find('Y'), std::string::npos);
  EXPECT_TRUE(text.ends_with("W:  \r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"));
}

TEST(MessageWriter, request_head_is_rebuilt) {
  EXPECT_EQ(write_request_head({.method = "POST", .target = "/x", .host = "localhost"},
                               {{"Host", "evil"}, {"Content-Length", "9"}, {"A", "b"}}, 2),
            "POST /x HTTP/1.1\r\nHost: localhost\r\nA: b\r\nContent-Length: 2\r\n"
            "Connection: close\r\n\r\n");
  EXPECT_EQ(write_request_head({.method = "GET", .target = "/", .host = "a"}, {}, 0),
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
}

TEST(MessageWriter, date_is_as_http_writes_it) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace llf::net
