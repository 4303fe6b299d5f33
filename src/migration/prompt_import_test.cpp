#include "migration/prompt_import.hpp"

#include <gmock/gmock.h>

namespace llf::migration {
namespace {

using testing::HasSubstr;

TEST(PromptImport, the_prompt_of_every_chat_is_used_again) {
  const auto import = import_prompt(
      "config_prompt", {.prompt = R"({"system_prompt": "S", "custom_format": {}})", .facts = ""},
      PromptUse::active);
  ASSERT_TRUE(import);
  ASSERT_EQ(import->prompts.size(), 1U);
  EXPECT_EQ(import->prompts[0].system, "S");
  EXPECT_EQ(json::write(import->settings), R"({"prompts":{"use":"config_prompt"}})");
  EXPECT_EQ(import->notes.size(), 3U);
  EXPECT_EQ(import->notes[0].to, "prompt template 'config_prompt'");
  EXPECT_THAT(import->notes[2].why, HasSubstr("'custom_format' was not taken"));
}

TEST(PromptImport, a_template_is_only_kept) {
  const auto import = import_prompt(
      "tutor", {.prompt = R"({"system_prompt": "S"})", .facts = R"({"description": "D"})"},
      PromptUse::stored);
  ASSERT_TRUE(import);
  EXPECT_EQ(import->prompts.at(0).description, "D");
  EXPECT_TRUE(import->settings.empty());
}

TEST(PromptImport, a_prompt_that_was_switched_off_is_nothing) {
  const auto import = import_prompt(
      "config_prompt",
      {.prompt = R"({"system_prompt": null, "master_prompt": "", "prefix_messages": []})",
       .facts = ""},
      PromptUse::active);
  ASSERT_TRUE(import);
  EXPECT_TRUE(import->prompts.empty() && import->settings.empty());
  EXPECT_EQ(import->notes.at(0).why, "it tells a model nothing");
}

TEST(PromptImport, what_is_wrong_has_its_place) {
  const auto import =
      import_prompt("x", {.prompt = "{\n  \"system_prompt\": 1}", .facts = ""}, PromptUse::active);
  ASSERT_FALSE(import);
  EXPECT_THAT(import.error().message, HasSubstr("line 2, column 20"));
}

}  // namespace
}  // namespace llf::migration
