#include "cli/answer_view.hpp"

#include "cli/test_output.hpp"

#include <gtest/gtest.h>

namespace llf::cli {
namespace {

constexpr text::Terminal kColored{.color = text::Color::on, .rewrites = true, .columns = 80};

std::string shown(AnswerLook look, const std::vector<client::ChatDelta>& deltas) {
  TestOutput out(look == AnswerLook::markdown ? kColored : text::Terminal{});
  AnswerView view(out.get(), look);
  for (const auto& delta : deltas) EXPECT_TRUE(view.show(delta));
  EXPECT_TRUE(view.finish());
  return out.text();
}

client::ChatDelta say(std::string_view text) {
  return {.content = std::string(text), .reasoning = ""};
}

client::ChatDelta think(std::string_view text) {
  return {.content = "", .reasoning = std::string(text)};
}

TEST(AnswerView, an_answer_ends_its_line) {
  EXPECT_EQ(shown(AnswerLook::plain, {say("Hel"), say("lo")}), "Hello\n");
  EXPECT_EQ(shown(AnswerLook::plain, {say("Hello\n")}), "Hello\n");
  EXPECT_EQ(shown(AnswerLook::plain, {}), "");
}

TEST(AnswerView, markup_is_never_taken_for_markup_of_ours) {
  EXPECT_EQ(shown(AnswerLook::plain, {say("a[int] [/x] **b** `c`")}), "a[int] [/x] **b** `c`\n");
}

TEST(AnswerView, sequences_go_also_when_they_are_cut) {
  EXPECT_EQ(shown(AnswerLook::plain, {say("a\x1b"), say("[31"), say("mb")}), "ab\n");
  EXPECT_EQ(shown(AnswerLook::markdown, {say("a\x1b]0;t"), say("\x07"
                                                               "b")}),
            "ab\n");
}

TEST(AnswerView, a_cut_character_waits_for_its_rest) {
  EXPECT_EQ(shown(AnswerLook::plain, {say("\xF0\x9F"), say("\x98\x80")}), "\U0001F600\n");
  EXPECT_EQ(shown(AnswerLook::plain, {say("\xF0\x9F")}), "\uFFFD\n");
}

TEST(AnswerView, raw_is_the_models_own_bytes) {
  EXPECT_EQ(shown(AnswerLook::raw, {say("\x1b[31mx\xFF")}), "\x1b[31mx\xFF\n");
}

TEST(AnswerView, markdown_has_a_look_that_ends_with_the_answer) {
  EXPECT_EQ(shown(AnswerLook::markdown, {say("**b")}), "\x1b[1mb\x1b[0m\n");
}

TEST(AnswerView, thoughts_are_dim_and_apart) {
  EXPECT_EQ(shown(AnswerLook::markdown, {think("hm"), say("yes")}), "\x1b[2mhm\x1b[0m\n\nyes\n");
  EXPECT_EQ(shown(AnswerLook::plain, {think("hm"), say("yes")}), "yes\n");
}

}  // namespace
}  // namespace llf::cli
