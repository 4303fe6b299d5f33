#include "cli/context.hpp"

#include "cli/test_command.hpp"
#include "client/daemon_start.hpp"

#include <gtest/gtest.h>

#include <stdlib.h>

namespace llf::cli {
namespace {

class ContextTest : public CommandTest {
 protected:
  Context context_{.out = out_.get(),
                   .err = err_.get(),
                   .in_fd = -1,
                   .format = Format::text,
                   .home = {},
                   .paths = paths_,
                   .loop = {}};
};

TEST_F(ContextTest, without_a_daemon_there_is_no_client_and_no_error) {
  const auto client = connect_if_running(context_);
  ASSERT_TRUE(client);
  EXPECT_FALSE(*client);
}

TEST_F(ContextTest, a_missing_llfd_is_told) {
  // Beside this test program there may be one; the message matters only where there is none.
  const auto program = client::find_daemon_program();
  if (!program) {
    EXPECT_NE(program.error().message.find("install llf again"), std::string::npos);
  } else {
    EXPECT_EQ(program->filename(), "llfd");
  }
}

TEST_F(ContextTest, the_daemon_is_told_a_home_that_was_named) {
  ::unsetenv("LLF_HOME");
  EXPECT_TRUE(home_arguments(context_).empty());
  context_.home = "there";
  const std::vector<std::string> told{"--home", paths_.home.native()};
  EXPECT_EQ(home_arguments(context_), told);
  EXPECT_TRUE(paths_.home.is_absolute());
  context_.home.clear();
  ::setenv("LLF_HOME", "there", 1);
  EXPECT_EQ(home_arguments(context_), told);
  ::unsetenv("LLF_HOME");
}

}  // namespace
}  // namespace llf::cli
