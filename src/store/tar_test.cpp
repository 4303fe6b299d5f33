#include "store/tar.hpp"

#include "os/test_folder.hpp"
#include "store/test_tar.hpp"

#include <gmock/gmock.h>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

class TarTest : public testing::Test {
 protected:
  using Files = std::vector<std::pair<std::string, std::string>>;

  /// Every file of the archive, or what is wrong with it.
  [[nodiscard]] Expected<Files> read() const {
    const os::UniqueFd fd(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    TarReader tar(fd.get(), path_);
    Files files;
    for (;;) {
      const auto entry = tar.next();
      if (!entry) return failure(entry.error());
      if (!*entry) return files;
      std::string content(1000, '\0');
      const auto got = tar.read(content);
      if (!got) return failure(got.error());
      content.resize(*got);
      EXPECT_EQ(*tar.read(std::span(content).first(0)), 0U);
      files.emplace_back((*entry)->name, std::move(content));
    }
  }

  void put(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }

  os::TestFolder folder_;
  fs::path path_ = folder_ / "a.tar";
};

TEST_F(TarTest, files_are_read_as_they_were_written) {
  const Files files{{"a", "one"}, {"b/c.json", ""}, {std::string(200, 'n') + ".gguf", "three"}};
  write_tar(path_, files);
  const auto got = read();
  ASSERT_TRUE(got) << got.error().message;
  EXPECT_EQ(*got, files);
}

TEST_F(TarTest, the_first_content_stands_behind_one_block) {
  write_tar(path_, {{"manifest.json", "here"}});
  EXPECT_EQ(bytes_of(path_).substr(512, 4), "here");
}

TEST_F(TarTest, a_cut_archive_is_corrupt) {
  write_tar(path_, {{"a", std::string(3000, 'x')}});
  const auto bytes = bytes_of(path_);
  for (const std::size_t length : {600U, 2000U, 300U}) {
    put(bytes.substr(0, length));
    const auto got = read();
    if (got) {
      EXPECT_LT(got->front().second.size(), 3000U);  // the reader stops at 1000
    } else {
      EXPECT_EQ(got.error().kind, ErrorKind::corrupt) << length;
    }
  }
  put("no archive at all");
  EXPECT_EQ(read().error().kind, ErrorKind::corrupt);
}

TEST_F(TarTest, only_plain_files_are_taken) {
  write_tar(path_, {{"a", ""}});
  const auto bytes = bytes_of(path_);
  for (const char type : {'1', '2', '3', '4', '5', '6'}) {
    auto other = bytes;
    make_other(other, 0, type);
    put(other);
    const auto got = read();
    ASSERT_FALSE(got) << type;
    EXPECT_THAT(got.error().message, testing::HasSubstr("no plain file")) << type;
  }
}

TEST_F(TarTest, a_disk_that_is_full_is_told) {
  const os::UniqueFd fd(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  DiskWrite disk(fd.get(), "/dev/full");
  TarWriter tar(disk);
  const auto begun = tar.begin({.name = "a", .size = 3});
  ASSERT_FALSE(begun);
  EXPECT_THAT(begun.error().message, testing::HasSubstr("No space left on device"));
}

}  // namespace
}  // namespace llf::store
