#include "os/file_watch.hpp"

#include "os/atomic_file.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

class Watch : public ::testing::Test {
 protected:
  static void write(const fs::path& path) { std::ofstream(path) << "x"; }
  FileWatch watch() const { return *FileWatch::create(file_); }

  TestFolder folder_;
  fs::path file_ = folder_ / "config.json";
};

TEST_F(Watch, tells_of_every_way_to_change_the_file) {
  auto made = watch();
  EXPECT_FALSE(made.take());
  write(file_);
  EXPECT_TRUE(made.take());
  EXPECT_FALSE(made.take()) << "once";
  auto written = watch();
  write(file_);
  EXPECT_TRUE(written.take());
  auto replaced = watch();
  ASSERT_TRUE(write_file_atomically(file_, "y"));
  EXPECT_TRUE(replaced.take());
  auto removed = watch();
  fs::remove(file_);
  EXPECT_TRUE(removed.take());
  auto gone = watch();
  fs::remove_all(folder_.path());
  EXPECT_TRUE(gone.take());
}

TEST_F(Watch, says_nothing_of_other_files) {
  auto watch = this->watch();
  write(folder_ / "other.json");
  fs::create_directory(folder_ / "backups");
  EXPECT_FALSE(watch.take());
}

TEST_F(Watch, of_a_link_tells_of_itself_and_of_its_target) {
  fs::create_directory(folder_ / "one");
  write(folder_ / "one/real.json");
  write(folder_ / "near.json");
  for (const auto* target : {"one/real.json", "near.json"}) {
    fs::create_symlink(folder_ / target, file_);
    auto written = watch();
    write(folder_ / target);
    EXPECT_TRUE(written.take()) << target;
    auto removed = watch();
    fs::remove(file_);
    EXPECT_TRUE(removed.take()) << target;
  }
}

TEST_F(Watch, needs_a_folder) {
  EXPECT_FALSE(FileWatch::create(folder_ / "none/config.json"));
}

}  // namespace
}  // namespace llf::os
