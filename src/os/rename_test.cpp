#include "os/rename.hpp"

#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

TEST(RenameToNew, gives_a_name_that_nothing_has) {
  const TestFolder folder;
  std::ofstream(folder / "a") << "a";
  ASSERT_TRUE(rename_to_new(folder / "a", folder / "b"));
  EXPECT_TRUE(fs::exists(folder / "b"));
  EXPECT_FALSE(fs::exists(folder / "a"));
}

TEST(RenameToNew, replaces_nothing_not_even_a_broken_link) {
  const TestFolder folder;
  std::ofstream(folder / "a") << "a";
  fs::create_symlink("/nowhere", folder / "b");
  const auto refused = rename_to_new(folder / "a", folder / "b");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::conflict);
  EXPECT_TRUE(fs::exists(folder / "a"));
  EXPECT_TRUE(fs::is_symlink(folder / "b"));
}

TEST(RenameToNew, tells_what_the_system_says) {
  const TestFolder folder;
  EXPECT_EQ(rename_to_new(folder / "none", folder / "b").error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace llf::os
