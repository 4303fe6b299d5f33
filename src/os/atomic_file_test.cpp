#include "os/atomic_file.hpp"

#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <sys/stat.h>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

std::ptrdiff_t files_in(const fs::path& dir) {
  return std::distance(fs::directory_iterator(dir), fs::directory_iterator());
}

TEST(AtomicFile, what_was_written_is_read) {
  const TestFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "a", "one"));
  ASSERT_TRUE(write_file_atomically(folder / "a", "two"));
  EXPECT_EQ(read_file(folder / "a", ByteSize::kib(1)), "two");
  EXPECT_EQ(files_in(folder.path()), 1);
}

TEST(AtomicFile, replacing_without_sync_replaces_too) {
  const TestFolder folder;
  ASSERT_TRUE(replace_file(folder / "a", "one"));
  ASSERT_TRUE(replace_file(folder / "a", "two"));
  EXPECT_EQ(read_file(folder / "a", ByteSize::kib(1)), "two");
  EXPECT_EQ(files_in(folder.path()), 1);
}

TEST(AtomicFile, the_mode_is_the_one_asked_for) {
  const TestFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "a", "", 0640));
  struct stat info{};
  ASSERT_EQ(::stat((folder / "a").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777U, 0640U);
}

TEST(AtomicFile, a_failed_write_leaves_nothing_behind) {
  const TestFolder folder;
  fs::create_directory(folder / "in_the_way");
  fs::create_directory(folder / "in_the_way/content");
  const auto written = write_file_atomically(folder / "in_the_way", "x");
  ASSERT_FALSE(written);
  EXPECT_TRUE(written.error().message.contains("in_the_way"));
  EXPECT_EQ(files_in(folder.path()), 1);
}

TEST(AtomicFile, a_missing_folder_is_not_found) {
  const TestFolder folder;
  const auto written = write_file_atomically(folder / "none/a", "x");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::not_found);
}

TEST(TemporaryName, tells_its_writer) {
  EXPECT_EQ(writer_of_temporary(".a.json.42.1.tmp"), 42);
  for (const auto* name : {"a.json.42.1.tmp", ".a.json.42.1.part", ".a.tmp", ".a.x.1.tmp",
                           ".a.42.x.tmp", ".a.42..tmp", ".a.-1.1.tmp", "..1.tmp", ".tmp", "a"}) {
    EXPECT_EQ(writer_of_temporary(name), std::nullopt) << name;
  }
}

TEST(ReadFile, a_long_file_is_too_large) {
  const TestFolder folder;
  ASSERT_TRUE(write_file_atomically(folder / "a", std::string(1025, 'x')));
  const auto read = read_file(folder / "a", ByteSize::kib(1));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::too_large);
  EXPECT_TRUE(read_file(folder / "a", ByteSize(1025)));
}

TEST(ReadFile, what_is_no_file_is_refused_without_hanging) {
  const TestFolder folder;
  ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(read_file(folder / "fifo", ByteSize::kib(1)).error().kind, ErrorKind::invalid);
  EXPECT_EQ(read_file(folder.path(), ByteSize::kib(1)).error().kind, ErrorKind::invalid);
  EXPECT_EQ(read_file(folder / "none", ByteSize::kib(1)).error().kind, ErrorKind::not_found);
}

TEST(ReadFile, proc_files_are_read_though_their_size_is_zero) {
  const auto read = read_file("/proc/self/status", ByteSize::mib(1));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->contains("Pid:"));
}

TEST(AtomicFile, a_users_file_keeps_its_link_and_its_mode) {
  const TestFolder folder;
  const auto mode_of = [](const fs::path& path) { return fs::status(path).permissions(); };
  ASSERT_TRUE(write_user_file(folder / "real", "one"));
  EXPECT_EQ(mode_of(folder / "real"), fs::perms(0600));
  fs::permissions(folder / "real", fs::perms(0644));
  fs::create_symlink(folder / "real", folder / "link");
  ASSERT_TRUE(write_user_file(folder / "link", "two"));
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(read_file(folder / "real", ByteSize::kib(1)), "two");
  EXPECT_EQ(mode_of(folder / "real"), fs::perms(0644));
}

}  // namespace
}  // namespace llf::os
