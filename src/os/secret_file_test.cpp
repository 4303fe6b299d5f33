#include "os/secret_file.hpp"

#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sys/stat.h>

namespace llf::os {
namespace {

constexpr ByteSize kLimit = ByteSize::kib(1);

class SecretFile : public ::testing::Test {
 protected:
  void write(const char* text, mode_t mode) const {
    std::ofstream(path_) << text;
    ::chmod(path_.c_str(), mode);
  }

  TestFolder folder_;
  std::filesystem::path path_ = folder_ / "key";
};

TEST_F(SecretFile, is_its_text_without_the_last_line_break) {
  write("abc\n", 0600);
  EXPECT_EQ(read_secret_file(path_, kLimit), "abc");
  write(" a\nb \r\n", 0600);
  EXPECT_EQ(read_secret_file(path_, kLimit).value_or(""), " a\nb ");
}

TEST_F(SecretFile, that_others_can_read_is_refused_with_the_mode) {
  for (const mode_t mode : {0640U, 0604U, 0620U}) {
    write("abc", mode);
    const auto read = read_secret_file(path_, kLimit);
    ASSERT_FALSE(read) << mode;
    EXPECT_EQ(read.error().kind, ErrorKind::forbidden);
    EXPECT_NE(read.error().message.find("chmod 600"), std::string::npos);
  }
}

TEST_F(SecretFile, that_is_not_there_is_too_long_or_is_a_folder_is_an_error) {
  EXPECT_EQ(read_secret_file(path_, kLimit).error().kind, ErrorKind::not_found);
  EXPECT_EQ(read_secret_file(folder_.path(), kLimit).error().kind, ErrorKind::invalid);
  write(std::string(2000, 'x').c_str(), 0600);
  EXPECT_EQ(read_secret_file(path_, kLimit).error().kind, ErrorKind::too_large);
}

}  // namespace
}  // namespace llf::os
