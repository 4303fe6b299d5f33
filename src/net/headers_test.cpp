#include "net/headers.hpp"

#include <gtest/gtest.h>

#include <string>

namespace llf::net {
namespace {

TEST(Headers, names_ignore_case_and_keep_order_and_spelling) {
  Headers headers{{"Accept", "a"}, {"X-One", "1"}};
  headers.add("accept", "b");
  EXPECT_EQ(headers.get("ACCEPT"), "a");
  EXPECT_EQ(headers.count("Accept"), 2U);
  EXPECT_EQ(headers.begin()->name, "Accept");
  EXPECT_FALSE(headers.get("x"));
  headers.set("ACCEPT", "c");
  EXPECT_EQ(headers, (Headers{{"X-One", "1"}, {"ACCEPT", "c"}}));
  headers.remove("x-one");
  EXPECT_EQ(headers.size(), 1U);
  EXPECT_FALSE(headers.empty());
}

TEST(Headers, finds_tokens_in_lists) {
  const Headers headers{{"Connection", "Keep-Alive ,\tx"}, {"connection", "close"}};
  EXPECT_TRUE(headers.has_token("connection", "keep-alive"));
  EXPECT_TRUE(headers.has_token("connection", "X"));
  EXPECT_TRUE(headers.has_token("connection", "close"));
  EXPECT_FALSE(headers.has_token("connection", "keep"));
  EXPECT_FALSE(headers.has_token("te", "close"));
}

TEST(Headers, end_to_end_drops_what_belongs_to_one_connection) {
  const Headers headers{{"Content-Type", "a"},
                        {"Connection", "close, X-Hop"},
                        {"x-hop", "1"},
                        {"Transfer-Encoding", "chunked"},
                        {"Content-Length", "3"},
                        {"Keep-Alive", "timeout=5"},
                        {"TE", "trailers"},
                        {"Upgrade", "h2c"},
                        {"Proxy-Authorization", "x"},
                        {"Expect", "100-continue"},
                        {"X-Kept", "2"}};
  EXPECT_EQ(end_to_end(headers), (Headers{{"Content-Type", "a"}, {"X-Kept", "2"}}));
}

}  // namespace
}  // namespace llf::net
