#include "worker/log_file.hpp"

#include "log/log.hpp"
#include "os/atomic_file.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <set>

namespace llf::worker {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  return os::read_file(path, ByteSize::mib(1)).value_or("absent");
}

TEST(LogFile, appends_to_what_is_there) {
  const os::TestFolder folder;
  const auto path = folder / "new/m.log";
  LogFile(path).add("one");
  LogFile(path).add("two");
  EXPECT_EQ(content(path), "one\ntwo\n");
}

TEST(LogFile, a_full_file_is_moved_and_a_few_are_kept) {
  const os::TestFolder folder;
  const auto path = folder / "m.log";
  LogFile file(path, ByteSize(10));
  for (char c = 'a'; c <= 'f'; ++c) {
    file.add(std::string(6, c));
    file.flush();
  }
  EXPECT_EQ(content(path), "ffffff\n");
  EXPECT_EQ(content(folder / "m.log.1"), "eeeeee\n");
  EXPECT_EQ(content(folder / "m.log.3"), "cccccc\n");
  EXPECT_EQ(content(folder / "m.log.4"), "absent");
}

TEST(LogFile, lines_are_gathered_within_bounds) {
  const os::TestFolder folder;
  LogFile file(folder / "m.log");
  file.add("waits");
  EXPECT_EQ(content(folder / "m.log"), "absent");
  for (int i = 0; i < 10'000; ++i) file.add("many");
  EXPECT_GT(content(folder / "m.log").size(), 30'000U);
}

// F62
TEST(LogFile, a_disk_that_takes_nothing_costs_lines_and_nothing_else) {
  const os::TestFolder folder;
  const auto before = log::dropped_lines();
  ASSERT_TRUE(os::write_file_atomically(folder / "file", ""));
  LogFile file(folder / "file/m.log");
  file.add("lost");
  file.flush();
  EXPECT_EQ(log::dropped_lines(), before + 1);
  LogFile full("/dev/full");
  full.add("lost");
  full.flush();
  full.add("lost");
  full.flush();
  EXPECT_EQ(log::dropped_lines(), before + 3);
}

TEST(LogFileName, is_a_name_without_a_folder_and_its_own) {
  EXPECT_EQ(log_file_name("llf-nano"), "llf-nano.log");
  const std::set<std::string> names{log_file_name("a/b"),
                                    log_file_name("a_b"),
                                    log_file_name("a:b"),
                                    log_file_name(".."),
                                    log_file_name("../../x"),
                                    log_file_name("llfd"),
                                    log_file_name(std::string(300, 'x')),
                                    log_file_name(std::string(301, 'x'))};
  EXPECT_EQ(names.size(), 8U);
  EXPECT_FALSE(names.contains("llfd.log")) << "that one is the daemon's";
  for (const auto& name : names) {
    EXPECT_FALSE(name.contains('/')) << name;
    EXPECT_FALSE(name.starts_with('.')) << name;
    EXPECT_LT(name.size(), 200U);
  }
}

}  // namespace
}  // namespace llf::worker
