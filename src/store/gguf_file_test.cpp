#include "store/gguf_file.hpp"

#include "base/limits.hpp"
#include "gguf/test_file.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace llf::store {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class GgufFile : public testing::Test {
 protected:
  [[nodiscard]] fs::path write(std::string_view bytes) const {
    auto path = folder_.path() / "m.gguf";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  static std::string error(const fs::path& path) {
    const auto read = read_gguf(path);
    return read ? "none" : read.error().message;
  }

  os::TestFolder folder_;
};

TEST_F(GgufFile, has_a_header) {
  const auto header = read_gguf(write(gguf::small_model().bytes()));
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_EQ(header->tensors.size(), 2U);
}

TEST_F(GgufFile, a_header_longer_than_the_first_read_is_read_whole) {
  constexpr std::uint64_t kWords = 200'000;
  gguf::TestFile file;
  file.head(0, 2).list("tokenizer.ggml.tokens", gguf::ValueType::string, kWords);
  for (std::uint64_t i = 0; i < kWords; ++i) file.text("word");
  file.pair("last", "one");
  ASSERT_GT(file.bytes().size(), 2 * limits::kGgufFirstRead.bytes());
  const auto header = read_gguf(write(file.bytes()));
  ASSERT_TRUE(header) << header.error().message;
  EXPECT_TRUE(header->values.contains("last"));
}

TEST_F(GgufFile, what_is_wrong_is_told_with_the_path_and_the_byte) {
  const auto path = write("GGML, which is something else");
  EXPECT_THAT(error(path), HasSubstr(path.native() + ": at byte 0: "));
  EXPECT_THAT(error(write("")), HasSubstr("no GGUF file"));
  EXPECT_THAT(error(folder_.path()), HasSubstr("is not a file"));
  EXPECT_EQ(read_gguf(folder_.path() / "nowhere").error().kind, ErrorKind::not_found);
}

TEST_F(GgufFile, a_header_without_end_is_refused) {
  const auto path =
      write(gguf::TestFile().head(0, 1).list("k", gguf::ValueType::string, 1U << 25U).bytes());
  fs::resize_file(path, limits::kGgufHeader.bytes() * 2);  // empty texts, which take no room
  EXPECT_THAT(error(path), HasSubstr("is longer than"));
}

}  // namespace
}  // namespace llf::store
