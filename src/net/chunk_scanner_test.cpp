#include "net/chunk_scanner.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace llf::net {
namespace {

struct Read {
  std::string payload;
  std::size_t used = 0;
  bool done = false;
  bool error = false;

  friend bool operator==(const Read&, const Read&) = default;
};

/// Feeds the bytes in two pieces, the first of `cut` bytes.
Read read(std::string_view bytes, std::size_t cut) {
  ChunkScanner scanner;
  Read result;
  for (const auto end : {std::min(cut, bytes.size()), bytes.size()}) {
    while (result.used < end && !scanner.done()) {
      const auto step = scanner.next(bytes.substr(result.used, end - result.used));
      if (!step) {
        result.error = true;
        return result;
      }
      result.used += step->consumed;
      result.payload += step->payload;
    }
  }
  result.done = scanner.done();
  return result;
}

TEST(ChunkScanner, reads_a_body_cut_at_every_place) {
  const std::string bytes =
      "5\r\nhello\r\n1;a=b\r\n!\r\n00A\r\n0123456789\r\n0;last\r\nX: y\r\nZ:\r\n\r\nGET /";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    EXPECT_EQ(read(bytes, cut),
              (Read{.payload = "hello!0123456789", .used = bytes.size() - 5, .done = true}))
        << cut;
  }
}

TEST(ChunkScanner, refuses_broken_framing_cut_at_every_place) {
  for (const std::string& bytes : std::vector<std::string>{
           "\r\n",
           "g\r\n",
           "-1\r\n",
           "+5\r\nhello\r\n",
           "0x5\r\nhello\r\n",
           " 5\r\nhello\r\n",
           "5 \r\nhello\r\n",
           "5\nhello\r\n",
           "5\r\rhello\r\n",
           "5\rhello",
           "5\r\nhelloX\r\n",
           "5\r\nhello\n",
           "5\r\nhello\r\r",
           "5\r\nhello\r5",
           "5;a\nhello\r\n",
           "5;a\x01\r\nhello\r\n",
           std::string("5;\0\r\nhello\r\n", 12),
           "5;a\rb\r\nhello\r\n",
           "FFFFFFFFFFFFFFFFF\r\n",
           "10000000000000000\r\n",
           "0000000000000000005\r\nhello\r\n",
           "0\r\n X: folded\r\n\r\n",
           "0\r\nno colon\r\n\r\n",
           "0\r\nX : y\r\n\r\n",
           "0\r\nX: y\n\r\n",
           "0\r\nX: y\r\n\n",
           "0\r\n\r5",
           "0\r\nX: \x01\r\n\r\n",
           "0\n\n",
       }) {
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
      EXPECT_TRUE(read(bytes, cut).error) << bytes << " cut at " << cut;
    }
  }
}

TEST(ChunkScanner, extensions_are_limited_in_sum) {
  const auto limit = limits::kChunkExtensions.bytes();
  EXPECT_TRUE(read("0;" + std::string(limit - 1, 'a') + "\r\n\r\n", 0).done);
  EXPECT_TRUE(read("0;" + std::string(limit, 'a') + "\r\n\r\n", 0).error);
  std::string many;
  for (std::size_t i = 0; i <= limit / 2; ++i) many += "1;a\r\nx\r\n";
  EXPECT_TRUE(read(many, 0).error);
}

TEST(ChunkScanner, trailers_are_limited_in_sum) {
  const auto limit = limits::kTrailers.bytes();
  const auto body = [](std::size_t size) {
    return "0\r\nX:" + std::string(size - 5, 'a') + "\r\n\r\n";
  };
  EXPECT_TRUE(read(body(limit), 0).done);
  EXPECT_TRUE(read(body(limit + 1), 0).error);
}

TEST(ChunkScanner, knows_where_chunks_end_and_what_is_to_come) {
  ChunkScanner scanner;
  EXPECT_TRUE(scanner.at_boundary());
  EXPECT_EQ(scanner.next("1")->consumed, 1U);
  EXPECT_FALSE(scanner.at_boundary());
  const auto step = scanner.next("0\r\nabc");
  EXPECT_EQ(step->payload, "abc");
  EXPECT_EQ(scanner.remaining(), 13U);
  EXPECT_FALSE(scanner.has_extension());
  EXPECT_EQ(scanner.next("0123456789abc\r\n5")->payload.size(), 13U);
  // It stops at the boundary, before the next size.
  EXPECT_EQ(scanner.next("\r\n5;x")->consumed, 2U);
  EXPECT_TRUE(scanner.at_boundary());
  EXPECT_EQ(scanner.next("5;x")->consumed, 3U);
  EXPECT_TRUE(scanner.has_extension());
  EXPECT_EQ(scanner.next("\r\nhello")->payload, "hello");
  EXPECT_EQ(scanner.next("\r\n")->consumed, 2U);
  EXPECT_FALSE(scanner.has_extension());
}

}  // namespace
}  // namespace llf::net
