#include "text/terminal.hpp"

#include <gtest/gtest.h>

namespace llf::text {
namespace {

TerminalFacts usual() {
  return {.is_tty = true, .term = "xterm-256color", .no_color = {}, .columns = 100};
}

TEST(Terminal, a_usual_one_has_colours_and_redraws) {
  const auto terminal = judge_terminal(usual());
  EXPECT_EQ(terminal.color, Color::on);
  EXPECT_TRUE(terminal.rewrites);
  EXPECT_EQ(terminal.columns, 100U);
}

TEST(Terminal, a_pipe_gets_plain_text) {
  auto facts = usual();
  facts.is_tty = false;
  EXPECT_EQ(judge_terminal(facts).color, Color::off);
  EXPECT_FALSE(judge_terminal(facts).rewrites);
}

TEST(Terminal, a_dumb_or_unknown_one_gets_plain_text) {
  for (const auto& term : {std::optional<std::string>("dumb"), std::optional<std::string>("")}) {
    auto facts = usual();
    facts.term = term;
    EXPECT_EQ(judge_terminal(facts).color, Color::off);
    EXPECT_FALSE(judge_terminal(facts).rewrites);
  }
}

TEST(Terminal, no_color_takes_colours_but_not_redrawing) {
  auto facts = usual();
  facts.no_color = "1";
  EXPECT_EQ(judge_terminal(facts).color, Color::off);
  EXPECT_TRUE(judge_terminal(facts).rewrites);
}

TEST(Terminal, an_empty_no_color_is_not_set) {
  auto facts = usual();
  facts.no_color = "";
  EXPECT_EQ(judge_terminal(facts).color, Color::on);
}

TEST(Terminal, columns_have_a_default_and_a_least) {
  auto facts = usual();
  facts.columns = 0;
  EXPECT_EQ(judge_terminal(facts).columns, 80U);
  facts.columns = 3;
  EXPECT_EQ(judge_terminal(facts).columns, 20U);
}

}  // namespace
}  // namespace llf::text
