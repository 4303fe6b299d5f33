#include "os/replace_program.hpp"

#include <gtest/gtest.h>

namespace llf::os {
namespace {

TEST(ReplaceProgram, a_program_that_is_not_there_is_an_error_that_names_it) {
  const auto error = replace_program({"/nonexistent/llfd", "--help"});
  EXPECT_EQ(error.kind, ErrorKind::not_found);
  EXPECT_NE(error.message.find("/nonexistent/llfd"), std::string::npos);
}

TEST(ReplaceProgramDeathTest, the_other_program_takes_over_with_its_arguments) {
  EXPECT_EXIT(static_cast<void>(replace_program({"/bin/sh", "-c", "exit 7"})),
              ::testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace llf::os
