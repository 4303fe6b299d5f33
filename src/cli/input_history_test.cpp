#include "cli/input_history.hpp"

#include "base/limits.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace llf::cli {
namespace {

using Entries = std::vector<std::string>;

TEST(InputHistory, without_a_file_it_is_empty) {
  const os::TestFolder folder;
  EXPECT_EQ(InputHistory(folder / "history").load(), Entries{});
}

TEST(InputHistory, what_was_added_comes_back_in_order) {
  const os::TestFolder folder;
  const InputHistory history(folder / "history");
  const Entries entries{"hi", "two\nlines", "back\\slash \\n", "žluť", "last"};
  for (const auto& entry : entries) ASSERT_TRUE(history.append(entry));
  EXPECT_EQ(history.load(), entries);
}

TEST(InputHistory, only_its_user_may_read_it) {
  const os::TestFolder folder;
  ASSERT_TRUE(InputHistory(folder / "history").append("x"));
  struct stat facts{};
  ASSERT_EQ(::stat((folder / "history").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST(InputHistory, only_the_newest_entries_are_loaded) {
  const os::TestFolder folder;
  const InputHistory history(folder / "history");
  for (std::size_t i = 0; i < limits::kHistoryEntries + 5; ++i) {
    ASSERT_TRUE(history.append(std::to_string(i)));
  }
  const auto loaded = history.load();
  ASSERT_EQ(loaded.size(), limits::kHistoryEntries);
  EXPECT_EQ(loaded.front(), "5");
  EXPECT_EQ(loaded.back(), std::to_string(limits::kHistoryEntries + 4));
}

TEST(InputHistory, a_large_file_is_cut) {
  const os::TestFolder folder;
  const InputHistory history(folder / "history");
  const std::string large(2000, 'x');
  for (std::size_t i = 0; i < limits::kHistoryEntries + 100; ++i) {
    ASSERT_TRUE(history.append(large));
  }
  const auto loaded = history.load().size();
  EXPECT_GT(loaded, 400U);
  EXPECT_LE(std::filesystem::file_size(folder / "history"), limits::kHistoryFile.bytes());
  EXPECT_EQ(history.load().size(), loaded);
}

TEST(InputHistory, a_document_is_not_kept) {
  const os::TestFolder folder;
  const InputHistory history(folder / "history");
  ASSERT_TRUE(history.append(std::string(100'000, 'x')));
  EXPECT_EQ(history.load(), Entries{});
}

TEST(InputHistory, a_folder_that_is_missing_is_an_error) {
  const os::TestFolder folder;
  EXPECT_FALSE(InputHistory(folder / "none" / "history").append("x"));
}

}  // namespace
}  // namespace llf::cli
