#include "cli/config_command.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace llf::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ConfigCommand : public CommandTest {
 protected:
  void write_file(std::string_view text) const {
    std::filesystem::create_directories(paths_.config_dir);
    std::ofstream(paths_.settings_file()) << text;
  }
};

TEST_F(ConfigCommand, the_path_is_told_whether_there_is_a_file_or_not) {
  EXPECT_EQ(run_without_daemon({"config", "path"}), 0);
  EXPECT_EQ(out(), paths_.settings_file().string() + "\n");
}

TEST_F(ConfigCommand, what_is_shown_is_a_settings_file) {
  write_file(R"({"server": {"port": 1234}})");
  EXPECT_EQ(run_without_daemon({"config", "show"}), 0);
  const auto shown = json::parse(out());
  ASSERT_TRUE(shown);
  EXPECT_EQ(shown->at("server").at("port"), 1234);
  EXPECT_EQ(shown->at("log").at("level"), "info");
  write_file(out());
  EXPECT_EQ(run_without_daemon({"config", "check"}), 0);
}

TEST_F(ConfigCommand, the_origin_of_each_value_is_told) {
  write_file(R"({"server": {"port": 1234}})");
  EXPECT_EQ(run_without_daemon({"config", "show", "--origin"}), 0);
  EXPECT_THAT(out(), testing::ContainsRegex("server.port +1234 +/[^\n]*/config.json\n"));
  EXPECT_THAT(out(), testing::ContainsRegex("log.level +info +built in\n"));
}

TEST_F(ConfigCommand, one_setting_is_printed_alone) {
  write_file(R"({"models": {"folder": "/my models"}})");
  EXPECT_EQ(run_without_daemon({"config", "get", "models.folder"}), 0);
  EXPECT_EQ(run_without_daemon({"config", "get", "server.port"}), 0);
  EXPECT_EQ(run_without_daemon({"config", "get", "models.folder", "--json"}), 0);
  EXPECT_EQ(out(), "/my models\n8000\n\"/my models\"\n");
}

TEST_F(ConfigCommand, an_unknown_setting_gets_the_nearest) {
  EXPECT_EQ(run_without_daemon({"config", "get", "server.prot"}), 1);
  EXPECT_EQ(run_without_daemon({"config", "get", "port"}), 1);
  EXPECT_THAT(err(), StartsWith("llf: there is no setting 'server.prot'. Did you mean"));
  EXPECT_THAT(err(), HasSubstr("no setting 'port'. Did you mean 'server.port'?"));
}

TEST_F(ConfigCommand, a_wrong_file_is_told_with_its_place_and_left_alone) {
  write_file("{\n \"sever\": {}}");
  for (const auto* verb : {"check", "show"}) EXPECT_EQ(run_without_daemon({"config", verb}), 2);
  EXPECT_THAT(err(), HasSubstr("config.json: line 2, column 2: there is no setting 'sever'"));
  EXPECT_EQ(out(), "");
}

TEST_F(ConfigCommand, without_a_file_there_is_nothing_to_check) {
  EXPECT_EQ(run_without_daemon({"config", "check"}), 0);
  EXPECT_THAT(out(), HasSubstr("nothing to check"));
}

TEST_F(ConfigCommand, secrets_are_not_shown) {
  write_file(R"({"server": {"api_key": "sk-secret"}})");
  EXPECT_EQ(run_without_daemon({"config", "show"}), 0);
  EXPECT_EQ(run_without_daemon({"config", "show", "--origin"}), 0);
  EXPECT_EQ(run_without_daemon({"config", "get", "server.api_key"}), 0);
  EXPECT_THAT(out(), testing::Not(HasSubstr("sk-secret")));
  EXPECT_THAT(out(), HasSubstr("***"));
}

TEST_F(ConfigCommand, profiles_are_shown_without_what_they_do_not_say) {
  write_file(R"({"profiles": {"fast": {"model": "m", "inference": {"top_p": 0.5}}}})");
  EXPECT_EQ(run_without_daemon({"config", "get", "profiles.fast", "--json"}), 0);
  EXPECT_EQ(run_without_daemon({"config", "get", "profiles.fast.inference.top_p"}), 0);
  EXPECT_EQ(run_without_daemon({"config", "get", "profiles.slow"}), 1);
  EXPECT_EQ(out(), R"({"model":"m","inference":{"top_p":0.5}})"
                   "\n0.5\n");
}

TEST_F(ConfigCommand, the_schema_is_json) {
  EXPECT_EQ(run_without_daemon({"config", "schema"}), 0);
  const auto schema = json::parse(out());
  ASSERT_TRUE(schema);
  EXPECT_EQ(schema->at("type"), "object");
}

TEST_F(ConfigCommand, its_verbs_are_named) {
  EXPECT_EQ(run_without_daemon({"config"}), 2);
  EXPECT_THAT(err(), HasSubstr("There is: show, get, set, unset, edit, path, check, schema, diff, "
                               "backups, restore, import."));
}

}  // namespace
}  // namespace llf::cli
