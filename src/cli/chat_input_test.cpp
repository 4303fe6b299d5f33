#include "cli/chat_input.hpp"

#include <gtest/gtest.h>

namespace llf::cli {
namespace {

using Kind = ChatEntry::Kind;

ChatEntry take(std::string_view line) {
  return ChatInput().take(line);
}

ChatEntry message(std::string text) {
  return {.kind = Kind::message, .text = std::move(text)};
}

TEST(ChatInput, a_line_is_a_message) {
  EXPECT_EQ(take("hello there"), message("hello there"));
  EXPECT_EQ(take("  indented  "), message("  indented"));
}

TEST(ChatInput, a_blank_line_is_nothing) {
  EXPECT_EQ(take("").kind, Kind::nothing);
  EXPECT_EQ(take(" \t ").kind, Kind::nothing);
}

TEST(ChatInput, exit_and_quit_leave_alone_only) {
  for (const auto* line : {"exit", " Quit ", "EXIT"}) EXPECT_EQ(take(line).kind, Kind::leave);
  for (const auto* line : {"exit now", "exits"}) EXPECT_EQ(take(line).kind, Kind::message);
}

TEST(ChatInput, a_slash_and_a_word_are_a_command) {
  EXPECT_EQ(take("/help"), (ChatEntry{.kind = Kind::command, .text = "", .name = "help"}));
  EXPECT_EQ(take("  /Model  a/b:q4 "),
            (ChatEntry{.kind = Kind::command, .text = "a/b:q4", .name = "model"}));
  EXPECT_EQ(take("/?").name, "?");
}

TEST(ChatInput, a_path_is_a_message) {
  EXPECT_EQ(take("/etc/hosts is what?"), message("/etc/hosts is what?"));
  EXPECT_EQ(take("/"), message("/"));
  EXPECT_EQ(take("/ x"), message("/ x"));
}

TEST(ChatInput, three_quotes_hold_several_lines) {
  ChatInput input;
  EXPECT_EQ(input.take("\"\"\"first").kind, Kind::more);
  EXPECT_TRUE(input.pending());
  EXPECT_EQ(input.take("").kind, Kind::more);
  EXPECT_EQ(input.take("  exit").kind, Kind::more);
  EXPECT_EQ(input.take("last\"\"\""), message("first\n\n  exit\nlast"));
  EXPECT_FALSE(input.pending());
}

TEST(ChatInput, three_quotes_may_stand_alone) {
  ChatInput input;
  EXPECT_EQ(input.take("\"\"\"").kind, Kind::more);
  EXPECT_EQ(input.take("end").kind, Kind::more);
  EXPECT_EQ(input.take("\"\"\""), message("end"));
}

TEST(ChatInput, three_quotes_may_open_and_close_on_one_line) {
  EXPECT_EQ(take("\"\"\"a b\"\"\""), message("a b"));
}

TEST(ChatInput, a_backslash_continues_the_line) {
  ChatInput input;
  EXPECT_EQ(input.take("a\\").kind, Kind::more);
  EXPECT_EQ(input.take("/help\\").kind, Kind::more);
  EXPECT_EQ(input.take("quit"), message("a\n/help\nquit"));
}

TEST(ChatInput, pasted_lines_are_one_message) {
  EXPECT_EQ(take("def f\n  1\nend"), message("def f\n  1\nend"));
}

TEST(ChatInput, a_block_can_be_begun_by_command) {
  ChatInput input;
  input.begin_block();
  EXPECT_TRUE(input.pending());
  EXPECT_EQ(input.take("a").kind, Kind::more);
  EXPECT_EQ(input.take("\"\"\""), message("a"));
}

TEST(ChatInput, the_end_of_input_closes_a_block_and_leaves_otherwise) {
  ChatInput input;
  EXPECT_EQ(input.end().kind, Kind::leave);
  input.begin_block();
  EXPECT_EQ(input.take("a").kind, Kind::more);
  EXPECT_EQ(input.end(), message("a"));
  EXPECT_EQ(input.end().kind, Kind::leave);
}

TEST(ChatInput, what_was_begun_can_be_forgotten) {
  ChatInput input;
  EXPECT_EQ(input.take("\"\"\"a").kind, Kind::more);
  input.reset();
  EXPECT_FALSE(input.pending());
  EXPECT_EQ(input.take("b"), message("b"));
}

}  // namespace
}  // namespace llf::cli
