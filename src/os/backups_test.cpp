#include "os/backups.hpp"

#include "os/atomic_file.hpp"
#include "os/test_folder.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

namespace llf::os {
namespace {

std::string read(const std::filesystem::path& path) {
  return read_file(path, ByteSize::kib(1)).value_or("(not read)");
}

TEST(Backups, keeps_the_newest_and_lists_them_first) {
  const TestFolder folder;
  const Backups backups(folder.path() / "backups", "config", 3);
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(backups.keep(fmt::format("text {}", i)));
  const auto kept = backups.list();
  ASSERT_TRUE(kept);
  ASSERT_EQ(kept->size(), 3U);
  EXPECT_EQ(read(kept->front().path), "text 4");
  EXPECT_EQ(read(kept->back().path), "text 2");
  EXPECT_GT(kept->front().unix_ms, kept->back().unix_ms);
}

TEST(Backups, nothing_is_kept_without_a_folder) {
  const TestFolder folder;
  const auto kept = Backups(folder.path() / "none", "config", 3).list();
  ASSERT_TRUE(kept);
  EXPECT_TRUE(kept->empty());
}

TEST(Backups, leaves_files_of_others_alone) {
  const TestFolder folder;
  for (const auto* name : {"config-1x.json", "config-.json", "other-5.json", "config-7.txt"}) {
    std::ofstream(folder.path() / name) << "mine";
  }
  const Backups backups(folder.path(), "config", 1);
  ASSERT_TRUE(backups.keep("one"));
  ASSERT_TRUE(backups.keep("two"));
  EXPECT_EQ(backups.list()->size(), 1U);
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "config-1x.json"));
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "other-5.json"));
}

TEST(Backups, one_from_the_future_does_not_hide_a_new_one) {
  const TestFolder folder;
  const Backups backups(folder.path(), "config", 2);
  std::ofstream(folder.path() / "config-9999999999999.json") << "from the future";
  ASSERT_TRUE(backups.keep("new"));
  EXPECT_EQ(read(backups.list()->front().path), "new");
}

TEST(Backups, a_folder_that_is_none_is_an_error) {
  const TestFolder folder;
  std::ofstream(folder.path() / "backups") << "a file";
  const Backups backups(folder.path() / "backups", "config", 2);
  EXPECT_FALSE(backups.list());
  EXPECT_FALSE(backups.keep("text"));
}

}  // namespace
}  // namespace llf::os
