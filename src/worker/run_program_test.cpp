#include "worker/run_program.hpp"

#include "net/run.hpp"
#include "os/atomic_file.hpp"
#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

namespace llf::worker {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::HasSubstr;

class RunProgram : public testing::Test {
 protected:
  Expected<std::string> run(const std::string& script, Duration limit = 60s) {
    return net::run_until_done(loop_, run_program(loop_, {"/bin/sh", "-c", script}, limit));
  }

  net::Loop loop_;
};

TEST_F(RunProgram, gives_what_is_printed_on_both_streams) {
  EXPECT_EQ(run("echo a; echo b >&2"), "a\nb\n");
  EXPECT_EQ(run("true"), "");
}

TEST_F(RunProgram, tells_who_ended_otherwise_with_what_it_said) {
  const auto ended = run("echo 'no driver'; exit 9");
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().kind, ErrorKind::upstream);
  EXPECT_THAT(ended.error().message, HasSubstr("no driver"));
  const auto killed = run("kill -9 $$");
  ASSERT_FALSE(killed);
  EXPECT_EQ(killed.error().kind, ErrorKind::upstream);
}

TEST_F(RunProgram, ends_who_does_not_end) {
  const auto late = run("sleep 600", 50ms);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().kind, ErrorKind::timeout);
  const auto endless =
      run("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done");
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().kind, ErrorKind::too_large);
}

TEST_F(RunProgram, tells_what_cannot_be_started) {
  EXPECT_FALSE(net::run_until_done(loop_, run_program(loop_, {"/no/such/program"}, 60s)));
}

TEST(FindProgram, takes_the_first_that_may_be_run_of_absolute_folders) {
  const os::TestFolder folder;
  std::filesystem::create_directories(folder / "a");
  std::filesystem::create_directories(folder / "b");
  const auto path = (folder / "none").native() + ":a:" + (folder / "a").native() + ":" +
                    (folder / "b").native() + ":";
  EXPECT_EQ(find_program(path, "tool"), std::nullopt);
  ASSERT_TRUE(os::write_file_atomically(folder / "b/tool", "", 0755));
  EXPECT_EQ(find_program(path, "tool"), folder / "b/tool");
  ASSERT_TRUE(os::write_file_atomically(folder / "a/tool", "", 0644));
  EXPECT_EQ(find_program(path, "tool"), folder / "b/tool") << "it may not be run";
  ASSERT_TRUE(os::write_file_atomically(folder / "a/tool", "", 0755));
  EXPECT_EQ(find_program(path, "tool"), folder / "a/tool");
  EXPECT_EQ(find_program("", "tool"), std::nullopt);
  EXPECT_EQ(find_program("b", "tool"), std::nullopt);
}

}  // namespace
}  // namespace llf::worker
