#include "cli/config_import_command.hpp"

#include "base/limits.hpp"
#include "cli/test_command.hpp"
#include "os/atomic_file.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace llf::cli {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class ConfigImportCommand : public CommandTest {
 protected:
  std::string write(std::string_view name, std::string_view text) const {
    const auto path = folder_ / std::string(name);
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path;
  }
  [[nodiscard]] std::string file() const {
    return os::read_file(paths_.settings_file(), limits::kSettingsFile).value_or("(none)");
  }
  int import(std::vector<std::string> words) {
    words.insert(words.begin(), {"config", "import"});
    return run_without_daemon(std::move(words));
  }

  std::string config_ = write("old/configs/config.json",
                              R"({"server_port": 8123, "cache_dir": ".cache", "server_host": 1,
                                  "api_base_url": "https://api.openai.com/v1",
                                  "api_key": "sk-secret"})");
  std::string prompt_ = write("old/configs/config_prompt.json", R"({"system_prompt": "S"})");
};

TEST_F(ConfigImportCommand, every_key_is_explained_and_nothing_written) {
  EXPECT_EQ(import({config_, prompt_}), 0);
  EXPECT_THAT(out(), ContainsRegex("server_port +server.port\n"));
  EXPECT_THAT(out(), ContainsRegex("cache_dir +nothing: llf has a cache folder of its own\n"));
  EXPECT_THAT(out(), ContainsRegex("server_host +not taken: 1 is not a text in quotes\n"));
  EXPECT_THAT(out(), ContainsRegex("api_base_url +endpoints.api.openai.com.url\n"));
  EXPECT_THAT(out(), ContainsRegex("api_key +not taken: \\*\\*\\* is not copied"));
  EXPECT_THAT(out(), HasSubstr("\"port\": 8123"));
  EXPECT_THAT(out(), HasSubstr("\nprompts: config_prompt\n"));
  EXPECT_THAT(out(), Not(HasSubstr("sk-secret")));
  EXPECT_EQ(err(), "llf: nothing is written; --write takes it over\n");
  EXPECT_EQ(file(), "(none)");
}

TEST_F(ConfigImportCommand, programs_get_an_object) {
  EXPECT_EQ(import({config_, prompt_, "--json"}), 0);
  const auto object = json::parse(out());
  ASSERT_TRUE(object);
  EXPECT_EQ(object->at("notes").at(0), json::parse(R"({"key": "server_port", "outcome": "taken",
                                                       "to": "server.port", "why": ""})"));
  EXPECT_EQ(object->at("settings").at("prompts").at("use"), "config_prompt");
  EXPECT_EQ(object->at("prompts"), json::Value(json::Array{"config_prompt"}));
}

TEST_F(ConfigImportCommand, what_is_taken_joins_what_is_there) {
  std::filesystem::create_directories(paths_.config_dir);
  std::ofstream(paths_.settings_file()) << "{\"server\": {\"idle_exit\": 7}} // mine\n";
  EXPECT_EQ(import({config_, prompt_, "--write"}), 0);
  EXPECT_EQ(
      file(),
      "{\"server\": {\"idle_exit\": 7, \"port\": 8123}, \"endpoints\": {\"api.openai.com\": "
      "{\"url\": \"https://api.openai.com/v1\"}}, \"prompts\": {\"use\": \"config_prompt\"}} // "
      "mine\n");
  EXPECT_TRUE(std::filesystem::exists(paths_.prompts_dir() / "config_prompt.json"));
  EXPECT_THAT(err(), HasSubstr("3 settings are in " + paths_.settings_file().native()));
}

TEST_F(ConfigImportCommand, a_running_daemon_takes_it_over) {
  answer("/llf/v1/settings/reload",
         R"({"changes":[],"workers":[],"restart":["server.port"],"error":null})");
  EXPECT_EQ(run({"config", "import", config_, "--write"}), 0);
  EXPECT_THAT(err(), HasSubstr("server.port will change with 'llf server restart'"));
}

TEST_F(ConfigImportCommand, prompts_of_the_user_are_not_overwritten_unasked) {
  std::filesystem::create_directories(paths_.prompts_dir());
  const auto mine = paths_.prompts_dir() / "config_prompt.json";
  std::ofstream(mine) << R"({"system": "mine"})";
  EXPECT_EQ(import({config_, prompt_, "--write"}), 1);
  EXPECT_THAT(err(), HasSubstr("nothing was written"));
  EXPECT_EQ(file(), "(none)");
  EXPECT_EQ(import({config_, prompt_, "--write", "--replace"}), 0);
  EXPECT_EQ(import({config_, prompt_, "--write"}), 0) << "it is the same by now";
}

TEST_F(ConfigImportCommand, wrong_words_are_told) {
  EXPECT_EQ(import({}), 2);
  EXPECT_THAT(err(), HasSubstr("llf config import FILE"));
  EXPECT_EQ(import({"/nowhere/config.json"}), 1);
  EXPECT_EQ(import({write("x.json", "{\n,}")}), 2);
  EXPECT_THAT(err(), HasSubstr("line 2, column 1"));
  EXPECT_EQ(import({write("old.json", R"({"cache_dir": "x"})"), "--write"}), 0);
  EXPECT_THAT(err(), HasSubstr("there is nothing to take over"));
  EXPECT_EQ(file(), "(none)");
}

}  // namespace
}  // namespace llf::cli
