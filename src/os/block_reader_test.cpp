#include "os/block_reader.hpp"

#include "base/limits.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace llf::os {
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
  [[nodiscard]] std::filesystem::path put(std::size_t size) const {
    std::ofstream(folder_ / "file", std::ios::binary) << bytes(size);
    return folder_ / "file";
  }

  TestFolder folder_;
};

TEST_F(BlockReaderTest, reads_files_of_any_length) {
  for (const auto size : {std::size_t{0}, std::size_t{1}, kBlock - 1, kBlock, kBlock + 1,
                          2 * kBlock, 3 * kBlock, 5 * kBlock + 7}) {
    const auto file = put(size);
    const auto reader = BlockReader::open(file);
    ASSERT_TRUE(reader);
    EXPECT_TRUE(read_all(**reader) == bytes(size)) << size;
    EXPECT_TRUE((*reader)->next().value().empty());
  }
}

TEST_F(BlockReaderTest, may_be_given_up_anywhere) {
  const auto file = put(5 * kBlock);
  for (int blocks = 0; blocks <= 5; ++blocks) {
    const auto reader = BlockReader::open(file);
    ASSERT_TRUE(reader);
    for (int i = 0; i < blocks; ++i) EXPECT_EQ((*reader)->next().value().size(), kBlock);
  }
}

TEST_F(BlockReaderTest, what_cannot_be_read_is_told) {
  EXPECT_EQ(BlockReader::open(folder_ / "none").error().kind, ErrorKind::not_found);
  const auto folder = BlockReader::open(folder_.path());
  ASSERT_TRUE(folder);
  const auto block = (*folder)->next();
  ASSERT_FALSE(block);
  EXPECT_NE(block.error().message.find(folder_.path().native()), std::string::npos);
  EXPECT_TRUE((*folder)->next().value().empty());
}

}  // namespace
}  // namespace llf::os
