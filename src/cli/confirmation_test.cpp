#include "cli/confirmation.hpp"

#include "cli/test_command.hpp"
#include "cli/test_terminal.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace llf::cli {
namespace {

class ConfirmationTest : public CommandTest {
 protected:
  Expected<bool> answer(std::string_view keys) {
    terminal_.press(keys);
    return confirm(context_, "Remove it?");
  }

  TestTerminal terminal_;
  Context context_{.out = out_.get(),
                   .err = err_.get(),
                   .in_fd = terminal_.fd(),
                   .format = Format::text,
                   .home = {},
                   .paths = paths_,
                   .loop = {}};
};

TEST_F(ConfirmationTest, only_yes_agrees) {
  EXPECT_EQ(answer("y\n"), true);
  EXPECT_EQ(answer("yes\n"), true);
  EXPECT_EQ(answer("Y\n"), true);
  EXPECT_EQ(answer("\n"), false);
  EXPECT_EQ(answer("yellow\n"), false);
  EXPECT_TRUE(err().starts_with("Remove it? [y/N] "));
}

TEST_F(ConfirmationTest, nobody_there_is_an_error_that_says_what_to_do) {
  context_.in_fd = in_.get();
  const auto asked = confirm(context_, "Remove it?");
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().kind, ErrorKind::invalid);
  EXPECT_NE(asked.error().message.find("--yes"), std::string::npos);
}

}  // namespace
}  // namespace llf::cli
