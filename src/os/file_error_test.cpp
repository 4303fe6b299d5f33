#include "os/file_error.hpp"

#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace llf::os {
namespace {

namespace fs = std::filesystem;
using testing::EndsWith;
using testing::HasSubstr;

/// A file in a folder of ours. For root nothing is forbidden, so root is somebody else meanwhile.
class FileError : public testing::Test {
 protected:
  void SetUp() override {
    fs::create_directory(folder());
    std::ofstream(file()) << "x";
    if (::geteuid() != 0) return;
    constexpr uid_t kNobody = 65534;
    for (const auto& path : {root_.path(), folder(), file()}) {
      ASSERT_EQ(::chown(path.c_str(), kNobody, kNobody), 0);
    }
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  void TearDown() override {
    ASSERT_EQ(::seteuid(::getuid()), 0);
    fs::permissions(folder(), fs::perms::owner_all);
  }

  [[nodiscard]] fs::path folder() const { return root_.path() / "f"; }
  [[nodiscard]] fs::path file() const { return folder() / "x"; }
  static std::string message(const fs::path& path, FileUse use) {
    return file_error("opening", path, use, EACCES).message;
  }

 private:
  TestFolder root_;
};

TEST_F(FileError, names_the_file_that_may_not_be_read_or_written) {
  fs::permissions(file(), fs::perms::none);
  EXPECT_THAT(message(file(), FileUse::read), HasSubstr("you may not read " + file().native()));
  EXPECT_THAT(message(file(), FileUse::read), EndsWith("chmod u+r " + file().native()));
  EXPECT_THAT(message(file(), FileUse::write), HasSubstr("you may not write " + file().native()));
}

TEST_F(FileError, names_the_folder_that_may_not_be_entered_or_written_into) {
  fs::permissions(folder(), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_THAT(message(folder() / "new", FileUse::write),
              HasSubstr("you may not write into " + folder().native()));
  fs::permissions(folder(), fs::perms::owner_read);
  EXPECT_THAT(message(file(), FileUse::read), HasSubstr("you may not enter " + folder().native() +
                                                        "; this allows it: chmod u+rwx"));
}

TEST_F(FileError, a_file_that_is_replaced_need_not_be_writable) {
  fs::permissions(file(), fs::perms::none);
  EXPECT_THAT(message(file(), FileUse::replace), HasSubstr("Permission denied")) << "nothing lacks";
  fs::permissions(folder(), fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_THAT(message(file(), FileUse::replace),
              HasSubstr("you may not write into " + folder().native()));
}

TEST_F(FileError, follows_links_to_what_is_at_fault) {
  const auto link = folder().parent_path() / "link";
  fs::create_directory_symlink("f", link);
  fs::permissions(folder(), fs::perms::none);
  EXPECT_THAT(message(link / "x", FileUse::read), HasSubstr("enter " + folder().native()));
  const auto loop = folder().parent_path() / "loop";
  fs::create_symlink("loop", loop);
  EXPECT_THAT(message(loop, FileUse::read), HasSubstr("Permission denied"));
}

TEST_F(FileError, what_allows_it_is_one_word_for_a_shell) {
  const auto odd = folder() / "it's a";
  std::ofstream(odd) << "x";
  fs::permissions(odd, fs::perms::none);
  EXPECT_THAT(message(odd, FileUse::read), EndsWith("/it'\\''s a'"));
}

TEST_F(FileError, names_the_owner_of_what_is_not_ours) {
  if (::getuid() != 0) GTEST_SKIP() << "only root can give files away";
  ASSERT_EQ(::seteuid(0), 0);
  ASSERT_EQ(::chown(file().c_str(), 0, 0), 0);
  ASSERT_EQ(::chmod(file().c_str(), 0600), 0);
  ASSERT_EQ(::seteuid(65534), 0);
  EXPECT_THAT(message(file(), FileUse::read), EndsWith(": it belongs to root and has mode 0600"));
}

TEST(FileErrors, others_say_what_the_system_says) {
  const auto full = file_error("saving", "/x", FileUse::write, ENOSPC);
  EXPECT_THAT(full.message, HasSubstr("saving /x: No space"));
  EXPECT_EQ(full.kind, ErrorKind::io);
  EXPECT_EQ(file_error("opening", "", FileUse::read, ENOENT).kind, ErrorKind::invalid);
  const auto odd = file_error("opening", "/", FileUse::read, EACCES);
  EXPECT_THAT(odd.message, HasSubstr("opening /: Permission denied"));
  EXPECT_EQ(odd.kind, ErrorKind::forbidden);
}

}  // namespace
}  // namespace llf::os
