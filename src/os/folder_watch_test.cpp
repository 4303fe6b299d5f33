#include "os/folder_watch.hpp"

#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <vector>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

TEST(FolderWatch, sees_what_happens_in_its_folders_and_nothing_else) {
  const TestFolder folder;
  fs::create_directory(folder / "in");
  fs::create_directory(folder / "out");
  std::ofstream(folder / "in/old") << "x";
  const std::vector<std::function<void()>> deeds{
      [&] { std::ofstream(folder / "in/new") << "x"; },
      [&] { fs::rename(folder / "in/new", folder / "in/newer"); },
      [&] { std::ofstream(folder / "in/old") << "longer"; },
      [&] { fs::remove(folder / "in/old"); },
      [&] { fs::create_directory(folder / "in/folder"); },
      [&] { fs::remove_all(folder / "in"); },
  };
  for (std::size_t i = 0; i < deeds.size(); ++i) {
    FolderWatch watch;
    watch.add(folder / "in");
    watch.add(folder / "absent");
    std::ofstream(folder / "out/file") << i;
    EXPECT_FALSE(watch.changed()) << i;
    deeds[i]();
    EXPECT_TRUE(watch.changed()) << i;
    EXPECT_TRUE(watch.changed()) << "for ever";
  }
}

}  // namespace
}  // namespace llf::os
