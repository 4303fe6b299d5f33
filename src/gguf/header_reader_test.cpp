#include "gguf/header_reader.hpp"

#include "base/limits.hpp"
#include "gguf/test_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace llf::gguf {
namespace {

using testing::HasSubstr;

/// A bit of everything that a piece may end in.
TestFile varied() {
  TestFile file;
  file.head(2, 6)
      .pair("general.architecture", "llama")
      .list("tokenizer.ggml.tokens", ValueType::string, 3)
      .text("one")
      .text("")
      .text("three")
      .list("tokenizer.ggml.scores", ValueType::float32, 2)
      .put(0.5F)
      .put(1.5F)
      .list("layers", ValueType::uint8, 3)
      .raw("abc")
      .pair("number", 7)
      .list("long", ValueType::uint16, limits::kGgufListKept + 1)
      .raw(std::string(2 * (limits::kGgufListKept + 1), 'x'))
      .tensor("token_embd.weight", {256, 2}, kQ4K, 0)
      .tensor("output_norm.weight", {4}, kF32, 288)
      .data(288 + 16);
  return file;
}

/// The header of a file that comes in pieces of that size, or what is said of it.
Expected<Header> read_in_pieces(const std::string& bytes, std::size_t piece) {
  HeaderReader reader(bytes.size());
  for (std::size_t at = 0; at < bytes.size() && !reader.done(); at += piece) {
    EXPECT_GT(reader.needed(), at);
    EXPECT_LE(reader.needed(), bytes.size());
    if (auto taken = reader.take(std::string_view(bytes).substr(at, piece)); !taken) {
      return failure(taken.error());
    }
  }
  EXPECT_TRUE(reader.done());
  return std::move(reader).header();
}

TEST(HeaderReader, comes_to_the_same_however_the_file_comes) {
  const auto bytes = varied().bytes();
  const auto whole = read_in_pieces(bytes, bytes.size());
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_EQ(whole->values.size(), 6U);
  EXPECT_EQ(std::get<List>(whole->values.at("layers")).numbers.size(), 3U);
  for (const std::size_t piece : {1U, 2U, 3U, 7U, 64U, 1000U}) {
    EXPECT_EQ(read_in_pieces(bytes, piece), whole) << piece;
  }
}

TEST(HeaderReader, says_at_once_how_much_of_the_file_it_needs) {
  const auto bytes = varied().bytes();
  const auto list = bytes.find(std::string(100, 'x'));
  HeaderReader reader(bytes.size());
  ASSERT_TRUE(reader.take({}));
  EXPECT_EQ(reader.needed(), 4U);
  ASSERT_TRUE(reader.take(std::string_view(bytes).substr(0, list + 10)));
  EXPECT_EQ(reader.needed(), list + 2 * (limits::kGgufListKept + 1)) << "all of what it skips";
  ASSERT_TRUE(reader.take(std::string_view(bytes).substr(list + 10)));
  EXPECT_TRUE(reader.done());
  EXPECT_TRUE(reader.take("what follows is of no interest"));
}

TEST(HeaderReader, tells_the_byte_of_the_file_that_is_wrong) {
  TestFile file;
  file.head(0, 2).pair("first", "x").key("second", ValueType::boolean).put<std::uint8_t>(2);
  for (const std::size_t piece : {1U, 1000U}) {
    const auto read = read_in_pieces(file.bytes(), piece);
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().message,
                HasSubstr("at byte " + std::to_string(file.bytes().size() - 1) + ": a bool is 2"));
  }
}

}  // namespace
}  // namespace llf::gguf
