#include "os/foreground.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace llf::os {
namespace {

TEST(Foreground, a_program_is_found_and_its_status_told) {
  const auto three = run_in_foreground({"sh", "-c", "exit 3"});
  ASSERT_TRUE(three);
  EXPECT_EQ(*three, (ExitStatus{.cause = ExitStatus::Cause::exited, .value = 3}));
  const auto killed = run_in_foreground({"sh", "-c", "kill -9 $$"});
  ASSERT_TRUE(killed);
  EXPECT_EQ(*killed, (ExitStatus{.cause = ExitStatus::Cause::signaled, .value = SIGKILL}));
}

TEST(Foreground, it_takes_the_interrupt_and_we_do_not) {
  const auto ended = run_in_foreground({"sh", "-c", "kill -2 $PPID; kill -2 $$; sleep 5"});
  ASSERT_TRUE(ended);
  EXPECT_EQ(*ended, (ExitStatus{.cause = ExitStatus::Cause::signaled, .value = SIGINT}));
}

TEST(Foreground, what_is_not_there_is_an_error_with_its_name) {
  const auto none = run_in_foreground({"llf-no-such-editor"});
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("llf-no-such-editor"), std::string::npos);
}

}  // namespace
}  // namespace llf::os
