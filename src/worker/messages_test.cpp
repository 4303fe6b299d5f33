#include "worker/messages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <vector>

namespace llf::worker {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

constexpr os::ExitStatus kExitOne{.cause = os::ExitStatus::Cause::exited, .value = 1};
constexpr os::ExitStatus kKilled{.cause = os::ExitStatus::Cause::signaled, .value = SIGKILL};

// F07
TEST(WorkerMessages, a_failed_load_shows_how_it_ended_and_what_it_said) {
  const std::vector<std::string> lines{"first", "cannot open the file"};
  const auto error = process_ended("m", Phase::loading, kExitOne, lines);
  EXPECT_EQ(error.kind, ErrorKind::upstream);
  EXPECT_EQ(error.message,
            "loading m failed: the engine ended with exit code 1; its last lines:\n  first\n  "
            "cannot open the file");
  EXPECT_THAT(process_ended("m", Phase::loading, kExitOne, {}).message,
              HasSubstr("printed nothing"));
}

TEST(WorkerMessages, a_crash_while_serving_is_short) {
  const std::vector<std::string> lines{"noise"};
  const auto error = process_ended("m", Phase::serving, kKilled, lines);
  EXPECT_THAT(error.message, HasSubstr("signal 9"));
  EXPECT_THAT(error.message, HasSubstr("lack of memory"));
  EXPECT_THAT(error.message, Not(HasSubstr("noise")));
  EXPECT_THAT(process_ended("m", Phase::serving, kExitOne, {}).message, Not(HasSubstr("memory")));
}

TEST(WorkerMessages, limits_are_named_with_what_changes_them) {
  const auto error = load_timed_out("m", 600s, {});
  EXPECT_EQ(error.kind, ErrorKind::timeout);
  EXPECT_THAT(error.message, HasSubstr("600 s"));
  EXPECT_THAT(error.message, HasSubstr("engine.load_timeout"));
  EXPECT_EQ(stalled("m", 30s).kind, ErrorKind::timeout);
  EXPECT_THAT(stalled("m", 30s).message, HasSubstr("30 s"));
}

TEST(WorkerMessages, an_open_circuit_says_when_it_is_tried_again_and_why_it_is_open) {
  const auto error = circuit_open("m", 41'200ms, "the reason");
  EXPECT_EQ(error.kind, ErrorKind::unavailable);
  EXPECT_THAT(error.message, HasSubstr("42 s: the reason"));
}

TEST(WorkerMessages, the_others_say_whether_to_try_again) {
  EXPECT_EQ(stopped_meanwhile("m").kind, ErrorKind::unavailable);
  EXPECT_EQ(unloaded("m").kind, ErrorKind::conflict) << "a request is not to load it again";
  EXPECT_EQ(cannot_be_killed("m", 7).kind, ErrorKind::unavailable);
  EXPECT_EQ(not_watched("m").kind, ErrorKind::unavailable);
  EXPECT_THAT(cannot_be_killed("m", 7).message, HasSubstr("process 7"));
}

// F09: it is not tried again as it is.
TEST(WorkerMessages, a_lack_of_memory_is_no_crash) {
  const auto error = out_of_memory("m", Phase::serving);
  EXPECT_EQ(error.kind, ErrorKind::too_large);
  EXPECT_NE(error.message.find("engine.context"), std::string::npos);
  EXPECT_NE(out_of_memory("m", Phase::loading).message.find("loading m"), std::string::npos);
}

}  // namespace
}  // namespace llf::worker
