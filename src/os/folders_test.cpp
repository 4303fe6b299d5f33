#include "os/folders.hpp"

#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

namespace llf::os {
namespace {

TEST(MakeFolders, makes_all_that_are_missing_and_leaves_what_is_there) {
  const TestFolder folder;
  const auto deep = folder.path() / "a" / "b" / "c";
  EXPECT_TRUE(make_folders(deep));
  EXPECT_TRUE(std::filesystem::is_directory(deep));
  EXPECT_TRUE(make_folders(deep));
  EXPECT_TRUE(make_folders("/"));
}

TEST(MakeFolders, follows_a_link_to_a_folder) {
  const TestFolder folder;
  std::filesystem::create_directory(folder / "real");
  std::filesystem::create_directory_symlink("real", folder / "link");
  EXPECT_TRUE(make_folders(folder.path() / "link" / "below"));
  EXPECT_TRUE(std::filesystem::is_directory(folder.path() / "real" / "below"));
}

TEST(MakeFolders, says_what_is_in_the_way) {
  const TestFolder folder;
  std::ofstream(folder / "file") << "x";
  const auto at = make_folders(folder / "file");
  ASSERT_FALSE(at);
  EXPECT_EQ(at.error().kind, ErrorKind::conflict);
  const auto below = make_folders(folder.path() / "file" / "below");
  ASSERT_FALSE(below);
  EXPECT_TRUE(below.error().message.contains((folder / "file").native())) << below.error().message;
}

TEST(MakeFolders, names_the_folder_that_cannot_be_made) {
  const TestFolder folder;
  const auto made = make_folders(folder / std::string(300, 'x'));
  ASSERT_FALSE(made);
  EXPECT_TRUE(made.error().message.starts_with("making ")) << made.error().message;
}

}  // namespace
}  // namespace llf::os
