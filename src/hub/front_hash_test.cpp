#include "hub/front_hash.hpp"

#include "os/test_folder.hpp"
#include "os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <fstream>
#include <string>

namespace llf::hub {
namespace {

class FrontHashTest : public testing::Test {
 protected:
  os::UniqueFd file(const std::string& content) {
    std::ofstream(folder_ / "f", std::ios::binary) << content;
    return os::UniqueFd(::open((folder_ / "f").c_str(), O_RDONLY | O_CLOEXEC));
  }
  os::TestFolder folder_;
};

TEST_F(FrontHashTest, is_that_of_the_whole_file_however_it_advances) {
  std::string content;
  for (int i = 0; i < 3'000'000; ++i) content += static_cast<char>(i * 7 % 251);
  const auto fd = file(content);
  FrontHash hash(fd.get());
  for (const std::uint64_t front : {0U, 1U, 1'000'000U, 1'000'000U, 500U, 2'500'000U}) {
    hash.advance(front);
    EXPECT_LE(hash.done(), content.size());
  }
  const auto digest = hash.finish(content.size());
  ASSERT_TRUE(digest);
  EXPECT_EQ(digest->sha256, store::sha256(content));
  EXPECT_EQ(digest->size, content.size());
  EXPECT_EQ(hash.done(), content.size());
}

TEST_F(FrontHashTest, of_nothing_and_of_a_file_that_became_shorter) {
  const auto empty = file("");
  EXPECT_EQ(FrontHash(empty.get()).finish(0)->sha256, store::sha256(""));
  EXPECT_EQ(FrontHash(empty.get()).finish(5).error().kind, ErrorKind::io);
}

}  // namespace
}  // namespace llf::hub
