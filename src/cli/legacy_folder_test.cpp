#include "cli/legacy_folder.hpp"

#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace llf::cli {
namespace {

TEST(LegacyFolder, is_read_with_its_facts_and_without) {
  const os::TestFolder folder;
  EXPECT_EQ(is_legacy_folder(folder.path()), false);
  EXPECT_EQ(read_legacy_folder(folder.path()).error().kind, ErrorKind::not_found);
  std::ofstream(folder.path() / "prompt.json") << "{}";
  EXPECT_EQ(is_legacy_folder(folder.path()), true);
  const auto alone = read_legacy_folder(folder.path());
  ASSERT_TRUE(alone);
  EXPECT_EQ(alone->files().prompt, "{}");
  EXPECT_EQ(alone->files().facts, "");
  std::ofstream(folder.path() / "config.json") << "[]";
  const auto whole = read_legacy_folder(folder.path());
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->files().facts, "[]");
}

TEST(LegacyFolder, facts_that_cannot_be_read_are_told) {
  const os::TestFolder folder;
  std::ofstream(folder.path() / "prompt.json") << "{}";
  std::filesystem::create_directory(folder.path() / "config.json");
  const auto read = read_legacy_folder(folder.path());
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::invalid);
}

}  // namespace
}  // namespace llf::cli
