#include "log/log.hpp"

#include "base/limits.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace llf::log {
namespace {

std::string read(const std::filesystem::path& path) {
  std::ostringstream out;
  out << std::ifstream(path).rdbuf();
  return out.str();
}

class LogFile : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              fmt::format("llf-log-{}", testing::UnitTest::GetInstance()->random_seed());
    folder_ /= testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
  }
  void TearDown() override {
    close();
    std::filesystem::remove_all(folder_);
  }
  [[nodiscard]] std::string file() const { return (folder_ / "llfd.log").string(); }

  std::filesystem::path folder_;
};

TEST_F(LogFile, a_line_has_level_area_and_message) {
  ASSERT_TRUE(open({.file = file()}));
  info("worker", "ready in {} ms", 32);
  EXPECT_NE(read(file()).find("worker: ready in 32 ms\n"), std::string::npos);
  EXPECT_EQ(dropped_lines(), 0U);
}

TEST_F(LogFile, lines_below_the_level_are_not_written) {
  ASSERT_TRUE(open({.file = file(), .level = Level::warn}));
  info("a", "quiet");
  warn("a", "loud");
  const auto text = read(file());
  EXPECT_EQ(text.find("quiet"), std::string::npos);
  EXPECT_NE(text.find("loud"), std::string::npos);
}

TEST_F(LogFile, F62_a_full_disk_loses_counted_lines_and_nothing_else) {
  ASSERT_TRUE(open({.file = "/dev/full"}));
  info("a", "one");
  info("a", "two");
  EXPECT_EQ(dropped_lines(), 2U);
}

TEST_F(LogFile, a_folder_that_cannot_be_made_is_an_error) {
  const auto opened = open({.file = "/proc/nowhere/llfd.log"});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().kind, ErrorKind::io);
}

TEST(LogSanitize, control_characters_are_escaped) {
  EXPECT_EQ(sanitize("a\x1b[31mb\nc"), "a\\x1b[31mb\\x0ac");
}

TEST(LogSanitize, what_is_no_utf8_is_replaced) {
  EXPECT_EQ(sanitize("caf\xE9 \xC3\xA9"), "caf\xEF\xBF\xBD \xC3\xA9");
}

TEST(LogSanitize, secrets_are_redacted_by_shape) {
  EXPECT_EQ(sanitize("key sk-abcdefgh12345 end"), "key sk-*** end");
  EXPECT_EQ(sanitize("Authorization: Bearer abcdefgh.ijkl"), "Authorization: Bearer ***");
  EXPECT_EQ(sanitize("hf_ABCDEFGHIJK"), "hf_***");
}

TEST(LogSanitize, words_that_only_look_like_it_stay) {
  EXPECT_EQ(sanitize("task-list and sk-short"), "task-list and sk-short");
  EXPECT_EQ(sanitize("half_ABCDEFGHIJK"), "half_ABCDEFGHIJK");
}

TEST(LogSanitize, a_long_line_is_cut_and_says_so) {
  const auto line = sanitize(std::string(limits::kLogLine.bytes() + 5, 'x'));
  EXPECT_TRUE(line.ends_with("… (5 bytes more)"));
  const auto wide = sanitize(std::string(limits::kLogLine.bytes() - 1, 'x') + "€€");
  EXPECT_TRUE(wide.ends_with("x€… (3 bytes more)"));
}

}  // namespace
}  // namespace llf::log
