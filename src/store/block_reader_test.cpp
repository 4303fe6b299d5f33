#include "store/block_reader.hpp"

#include "base/limits.hpp"
#include "store/test_shelf.hpp"

#include <gtest/gtest.h>

#include <string>

namespace llf::store {
namespace {

constexpr std::size_t kBlock = limits::kHashRead.bytes();

/// All of a file, and that only its last block is short.
std::string read_all(BlockReader& reader) {
  std::string all;
  bool is_short = false;
  for (;;) {
    const auto block = reader.next().value();
    if (block.empty()) return all;
    EXPECT_FALSE(is_short) << "behind a short block comes none";
    is_short = block.size() < kBlock;
    all.append(block.begin(), block.end());
  }
}

std::string bytes(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 + i / 251);
  return text;
}

class BlockReaderTest : public testing::Test {
 protected:
  TestShelf shelf_;
};

TEST_F(BlockReaderTest, reads_files_of_any_length) {
  for (const auto size : {std::size_t{0}, std::size_t{1}, kBlock - 1, kBlock, kBlock + 1,
                          2 * kBlock, 3 * kBlock, 5 * kBlock + 7}) {
    const auto file = shelf_.put("file", bytes(size));
    const auto reader = BlockReader::open(file);
    ASSERT_TRUE(reader);
    EXPECT_TRUE(read_all(**reader) == bytes(size)) << size;
    EXPECT_TRUE((*reader)->next().value().empty());
  }
}

TEST_F(BlockReaderTest, may_be_given_up_anywhere) {
  const auto file = shelf_.put("file", bytes(5 * kBlock));
  for (int blocks = 0; blocks <= 5; ++blocks) {
    const auto reader = BlockReader::open(file);
    ASSERT_TRUE(reader);
    for (int i = 0; i < blocks; ++i) EXPECT_EQ((*reader)->next().value().size(), kBlock);
  }
}

TEST_F(BlockReaderTest, what_cannot_be_read_is_told) {
  EXPECT_EQ(BlockReader::open(shelf_.root() / "none").error().kind, ErrorKind::not_found);
  const auto folder = BlockReader::open(shelf_.root());
  ASSERT_TRUE(folder);
  const auto block = (*folder)->next();
  ASSERT_FALSE(block);
  EXPECT_NE(block.error().message.find(shelf_.root().native()), std::string::npos);
  EXPECT_TRUE((*folder)->next().value().empty());
}

}  // namespace
}  // namespace llf::store
