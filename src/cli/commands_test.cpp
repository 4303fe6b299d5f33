#include "cli/commands.hpp"

#include "cli/pages.hpp"

#include <gtest/gtest.h>

#include <set>

namespace llf::cli {
namespace {

using Words = std::vector<std::string>;

Expected<Choice> choose(const Words& words) {
  return choose_command(words);
}

std::string name_of(const Words& words) {
  const auto choice = choose(words);
  return choice ? std::string(choice->command->name) : choice.error().message;
}

TEST(Commands, an_empty_line_is_a_chat) {
  const auto choice = choose({});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->command->name, "");
  EXPECT_EQ(choice->command->page, "llf");
}

TEST(Commands, a_line_of_options_is_a_chat) {
  const auto choice = choose({"--model", "ps"});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->command->name, "");
  EXPECT_EQ(choice->words, (Words{"--model", "ps"}));
}

TEST(Commands, one_and_two_words_name_a_command) {
  EXPECT_EQ(name_of({"ps"}), "ps");
  EXPECT_EQ(name_of({"server", "start"}), "server start");
  EXPECT_EQ(name_of({"server"}), "server");
  EXPECT_EQ(name_of({"model", "list"}), "model list");
}

TEST(Commands, global_options_may_stand_anywhere) {
  const auto choice = choose({"--json", "--home", "server", "server", "--home=x", "status", "-h"});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->command->name, "server status");
  EXPECT_EQ(choice->words, (Words{"--json", "--home", "server", "--home=x", "-h"}));
}

TEST(Commands, what_follows_belongs_to_the_command) {
  const auto choice = choose({"run", "ps", "--model", "x"});
  ASSERT_TRUE(choice);
  EXPECT_EQ(choice->command->name, "run");
  EXPECT_EQ(choice->words, (Words{"ps", "--model", "x"}));
}

TEST(Commands, an_unknown_word_names_the_nearest) {
  for (const auto& [words, nearest] :
       std::vector<std::pair<Words, std::string>>{{{"lst"}, "'ls'"},
                                                  {{"sever"}, "'server'"},
                                                  {{"server", "strat"}, "'start'"},
                                                  {{"model", "lst"}, "'list'"}}) {
    const auto choice = choose(words);
    ASSERT_FALSE(choice);
    EXPECT_EQ(choice.error().kind, ErrorKind::invalid);
    EXPECT_NE(choice.error().message.find(nearest), std::string::npos) << choice.error().message;
  }
}

TEST(Commands, an_unknown_verb_is_told_what_its_noun_has) {
  const auto choice = choose({"model", "bogus"});
  ASSERT_FALSE(choice);
  EXPECT_NE(choice.error().message.find("There is: list, info, download,"), std::string::npos);
  EXPECT_TRUE(choice.error().message.ends_with("\nTry 'llf model --help'."));
}

TEST(Commands, a_prompt_without_a_command_is_told_where_it_goes) {
  const auto choice = choose({"What is llf?"});
  ASSERT_FALSE(choice);
  EXPECT_EQ(choice.error().kind, ErrorKind::invalid);
  EXPECT_NE(choice.error().message.find("llf run \"What is llf?\""), std::string::npos);
}

TEST(Commands, commands_of_a_later_version_say_so) {
  for (const auto& words : {Words{"history"}, Words{"gui"}, Words{"bench"}, Words{"doctor"},
                            Words{"--json", "doctor"}}) {
    const auto choice = choose(words);
    ASSERT_FALSE(choice);
    EXPECT_EQ(choice.error().kind, ErrorKind::unavailable);
    EXPECT_TRUE(choice.error().message.ends_with("is not in this version yet"));
  }
  EXPECT_EQ(choose({"gui"}).error().message, "'gui' is not in this version yet");
}

TEST(Commands, every_command_has_a_page_and_every_page_a_command) {
  std::set<std::string_view> used;
  for (const auto& command : commands()) {
    EXPECT_TRUE(page(command.page)) << command.page;
    used.insert(command.page);
  }
  for (const auto& name : page_names()) EXPECT_TRUE(used.contains(name)) << name;
}

TEST(Commands, every_option_stands_on_its_page) {
  for (const auto& command : commands()) {
    for (const auto& option : command.options) {
      EXPECT_NE(page(command.page).value_or("").find(option.name), std::string_view::npos)
          << command.name << " " << option.name;
    }
  }
}

TEST(Commands, every_first_word_stands_on_the_page_of_llf) {
  const auto overview = page("llf").value_or("");
  for (const auto& command : commands()) {
    const auto first = command.name.substr(0, command.name.find(' '));
    if (first.empty()) continue;
    EXPECT_NE(overview.find("\n    " + std::string(first) + " "), std::string_view::npos) << first;
  }
}

}  // namespace
}  // namespace llf::cli
