#include "gateway/log_file.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace llf::gateway {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

class LogFileTest : public testing::Test {
 protected:
  void SetUp() override {
    path_ = fs::path(testing::TempDir()) /
            (std::string("llf-log-file-") +
             testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove(path_);
  }
  void TearDown() override { fs::remove(path_); }
  void append(std::string_view text) const { std::ofstream(path_, std::ios::app) << text; }
  [[nodiscard]] LogFile log() const { return LogFile(path_.string()); }

  fs::path path_;
};

TEST_F(LogFileTest, tail_gives_the_last_whole_lines) {
  append("one\ntwo\nthree\nhal");
  EXPECT_EQ(log().tail(2), (Lines{"two", "three"}));
  EXPECT_EQ(log().tail(9), (Lines{"one", "two", "three"}));
  EXPECT_EQ(log().tail(0), Lines{});
}

TEST_F(LogFileTest, news_goes_on_where_tail_ended_and_waits_for_whole_lines) {
  append("one\nha");
  auto file = log();
  EXPECT_EQ(file.tail(5), (Lines{"one"}));
  EXPECT_EQ(file.news(), Lines{});
  append("lf\ntwo\n");
  EXPECT_EQ(file.news(), (Lines{"half", "two"}));
  EXPECT_EQ(file.news(), Lines{});
}

TEST_F(LogFileTest, across_a_rotation_no_line_is_lost) {
  append("old line\n");
  auto file = log();
  static_cast<void>(file.tail(1));
  append("last of the old\n");
  fs::rename(path_, path_.string() + ".1");
  append("new\n");
  EXPECT_EQ(file.news(), (Lines{"last of the old", "new"}));
  fs::remove(path_.string() + ".1");
}

TEST_F(LogFileTest, a_missing_file_has_no_lines_until_it_is_there) {
  auto file = log();
  EXPECT_EQ(file.tail(5), Lines{});
  EXPECT_EQ(file.news(), Lines{});
  append("first\n");
  EXPECT_EQ(file.news(), (Lines{"first"}));
}

TEST_F(LogFileTest, of_a_long_file_only_the_end_is_read) {
  const std::string line(99, 'x');
  const auto count = 2 * limits::kLogRead.bytes() / 100;
  {
    std::ofstream out(path_);
    for (std::uint64_t i = 0; i < count; ++i) out << line << '\n';
    out << "last\n";
  }
  const auto lines = log().tail(3);
  EXPECT_EQ(lines, (Lines{line, line, "last"}));
}

}  // namespace
}  // namespace llf::gateway
