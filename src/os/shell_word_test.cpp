#include "os/shell_word.hpp"

#include <gtest/gtest.h>

namespace llf::os {
namespace {

TEST(ShellWord, quotes_what_a_shell_would_take_apart) {
  EXPECT_EQ(shell_word("org/small-GGUF:Q4_K_M"), "org/small-GGUF:Q4_K_M");
  EXPECT_EQ(shell_word("sp ace"), "'sp ace'");
  EXPECT_EQ(shell_word("$(x)"), "'$(x)'");
  EXPECT_EQ(shell_word("it's"), R"('it'\''s')");
  EXPECT_EQ(shell_word(""), "''");
  EXPECT_EQ(shell_word("ä"), "'ä'");
}

}  // namespace
}  // namespace llf::os
