#include "cli/run_plan.hpp"

#include <gtest/gtest.h>

namespace llf::cli {
namespace {

using Words = std::vector<std::string>;

const Words kInstalled{"llf-nano", "org/model:q4", "qwen3-8b"};

Expected<RunPlan> plan(const Words& words, const std::optional<std::string>& model = {}) {
  return plan_run(words, model, {.names = kInstalled, .absence = "no model", .unheard_of = true});
}

TEST(RunPlan, no_words_are_the_default_model_without_a_prompt) {
  EXPECT_EQ(plan({}), (RunPlan{.model = "", .prompt = {}}));
  EXPECT_EQ(plan({}, "m"), (RunPlan{.model = "m", .prompt = {}}));
}

TEST(RunPlan, one_word_that_is_installed_is_a_model) {
  EXPECT_EQ(plan({"llf-nano"}), (RunPlan{.model = "llf-nano", .prompt = {}}));
  EXPECT_EQ(plan({"org/model:q4"}), (RunPlan{.model = "org/model:q4", .prompt = {}}));
}

TEST(RunPlan, one_word_with_white_space_is_a_prompt) {
  EXPECT_EQ(plan({"what is a/b?"}), (RunPlan{.model = "", .prompt = "what is a/b?"}));
}

TEST(RunPlan, one_word_that_looks_like_a_model_and_is_not_here_is_not_found) {
  for (const std::string word : {"org/modle:q4", "qwen3:8b", "a/b"}) {
    const auto planned = plan({word});
    ASSERT_FALSE(planned) << word;
    EXPECT_EQ(planned.error().kind, ErrorKind::not_found);
    EXPECT_NE(planned.error().message.find("llf model download " + word), std::string::npos);
  }
}

TEST(RunPlan, what_the_daemon_says_of_a_name_is_said) {
  const client::KnownNames known{.names = kInstalled,
                                 .absence = "'o/r' may be any of these, say which: o/r:a, o/r:b"};
  EXPECT_EQ(plan_run(Words{"o/r"}, {}, known).error().message, known.absence);
  EXPECT_EQ(plan_run(Words{"o/r", "hi"}, {}, known).error().message,
            known.absence + ". If it belongs to the prompt, put the prompt in quotes.");
  EXPECT_EQ(plan_run(Words{"what is", "hi"}, {}, {}).error().message,
            "no model 'what is' is here. If it belongs to the prompt, put the prompt in quotes.");
}

TEST(RunPlan, any_other_word_is_a_prompt) {
  EXPECT_EQ(plan({"hi"}), (RunPlan{.model = "", .prompt = "hi"}));
}

TEST(RunPlan, the_first_of_several_words_is_a_model) {
  EXPECT_EQ(plan({"llf-nano", "what", "is", "llf?"}),
            (RunPlan{.model = "llf-nano", .prompt = "what is llf?"}));
}

TEST(RunPlan, several_words_without_a_model_are_told_about_quotes) {
  const auto planned = plan({"lf-nano", "hi"});
  ASSERT_FALSE(planned);
  EXPECT_EQ(planned.error().kind, ErrorKind::not_found);
  EXPECT_TRUE(planned.error().message.starts_with("no model. "));
  EXPECT_NE(planned.error().message.find("quotes"), std::string::npos);
}

TEST(RunPlan, with_a_model_option_all_words_are_the_prompt) {
  EXPECT_EQ(plan({"llf-nano", "hi"}, "m"), (RunPlan{.model = "m", .prompt = "llf-nano hi"}));
  EXPECT_EQ(plan({"a/b"}, "m"), (RunPlan{.model = "m", .prompt = "a/b"}));
}

TEST(RunPlan, models_are_asked_for_only_when_a_word_may_be_one) {
  EXPECT_FALSE(needs_models(Words{}, {}));
  EXPECT_FALSE(needs_models(Words{"what is llf?"}, {}));
  EXPECT_FALSE(needs_models(Words{"hi"}, "m"));
  EXPECT_TRUE(needs_models(Words{"hi"}, {}));
  EXPECT_TRUE(needs_models(Words{"llf-nano", "what is llf?"}, {}));
}

TEST(RunPlan, the_first_of_several_words_and_a_whole_name_can_be_no_prompt) {
  const auto must = [](std::vector<std::string> words) { return must_be_model(words); };
  EXPECT_TRUE(must({"qwen", "hello"}));
  EXPECT_TRUE(must({"o/r"}));
  EXPECT_FALSE(must({"hello"}));
}

TEST(Prompt, typed_and_piped_have_a_blank_line_between) {
  EXPECT_EQ(assemble_prompt("explain", "a\nb\n\n"), "explain\n\na\nb");
}

TEST(Prompt, either_alone_is_the_prompt) {
  EXPECT_EQ(assemble_prompt("hi", ""), "hi");
  EXPECT_EQ(assemble_prompt("hi", " \n"), "hi");
  EXPECT_EQ(assemble_prompt({}, "  x\n"), "  x");
  EXPECT_EQ(assemble_prompt("", "x"), "x");
}

TEST(Prompt, blank_is_none) {
  EXPECT_EQ(assemble_prompt({}, ""), std::nullopt);
  EXPECT_EQ(assemble_prompt(" ", "\n\n"), std::nullopt);
}

}  // namespace
}  // namespace llf::cli
