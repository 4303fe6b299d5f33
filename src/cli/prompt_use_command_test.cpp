#include "cli/prompt_use_command.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace llf::cli {
namespace {

using testing::HasSubstr;

class PromptUse : public CommandTest {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(paths_.prompts_dir());
    std::ofstream(file()) << "{\n  // mine\n  \"system\": \"Be brief.\"\n}\n";
  }
  void TearDown() override { ::unsetenv("EDITOR"); }

  [[nodiscard]] std::filesystem::path file() const { return paths_.prompts_dir() / "brief.json"; }
  int prompt(std::vector<std::string> words) {
    words.insert(words.begin(), "prompt");
    return run_without_daemon(std::move(words));
  }
};

TEST_F(PromptUse, a_template_is_chosen_and_let_go) {
  EXPECT_EQ(prompt({"use"}), 0);
  EXPECT_EQ(prompt({"use", "brief"}), 0);
  EXPECT_EQ(prompt({"use"}), 0);
  EXPECT_EQ(prompt({"use", "none"}), 0);
  EXPECT_EQ(prompt({"use"}), 0);
  EXPECT_EQ(out(), "none\nbrief\nnone\n");
}

TEST_F(PromptUse, of_one_that_is_not_there_or_broken_is_refused) {
  EXPECT_EQ(prompt({"use", "breif"}), 1);
  EXPECT_THAT(err(), HasSubstr("Did you mean 'brief'?"));
  std::ofstream(file()) << "{";
  EXPECT_EQ(prompt({"use", "brief"}), 2);
  EXPECT_FALSE(std::filesystem::exists(paths_.settings_file()));
}

TEST_F(PromptUse, an_edited_one_keeps_its_comments_and_what_it_was) {
  ::setenv("EDITOR", "sed -i s/brief/short/", 1);
  EXPECT_EQ(prompt({"edit", "brief"}), 0) << err();
  std::ifstream in(file());
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(text, "{\n  // mine\n  \"system\": \"Be short.\"\n}\n");
  EXPECT_FALSE(std::filesystem::is_empty(paths_.prompts_dir() / "backups"));
  EXPECT_EQ(prompt({"edit", "none-such"}), 1);
  EXPECT_EQ(prompt({"edit"}), 2);
}

TEST_F(PromptUse, a_mistake_of_an_edit_changes_nothing) {
  ::setenv("EDITOR", "sed -i s/system/sytem/", 1);
  EXPECT_EQ(prompt({"edit", "brief"}), 2);
  EXPECT_THAT(err(), HasSubstr("Did you mean 'system'?"));
  EXPECT_EQ(prompt({"use", "brief"}), 0) << "it is as it was";
}

TEST_F(PromptUse, a_preview_shows_messages_text_and_tokens) {
  answer("/llf/v1/prompt/preview",
         R"({"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}],)"
         R"("text":"<s>Be brief.\u001b[1m","tokens":12})");
  EXPECT_EQ(run({"prompt", "preview", "brief", "Hi", "--model", "m"}), 0);
  EXPECT_EQ(body_of("/llf/v1/prompt/preview"),
            R"({"model":"m","prompt":"brief","messages":[{"role":"user","content":"Hi"}]})");
  EXPECT_THAT(out(), HasSubstr("system\nBe brief.\n\nuser\nHi\n"));
  EXPECT_THAT(out(), HasSubstr("12 tokens\n"));
  EXPECT_THAT(out(), testing::Not(HasSubstr("\u001b")));
}

}  // namespace
}  // namespace llf::cli
