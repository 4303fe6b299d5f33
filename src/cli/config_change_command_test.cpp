#include "cli/config_change_command.hpp"

#include "base/limits.hpp"
#include "cli/test_command.hpp"
#include "os/atomic_file.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

namespace llf::cli {
namespace {

using testing::HasSubstr;

class ConfigChange : public CommandTest {
 protected:
  void write_file(std::string_view text) const {
    std::filesystem::create_directories(paths_.config_dir);
    std::ofstream(paths_.settings_file()) << text;
  }
  [[nodiscard]] std::string file() const {
    return os::read_file(paths_.settings_file(), limits::kSettingsFile).value_or("(none)");
  }
  int config(std::vector<std::string> words) {
    words.insert(words.begin(), "config");
    return run_without_daemon(std::move(words));
  }
};

TEST_F(ConfigChange, a_setting_is_changed_in_the_file_and_taken_out_again) {
  EXPECT_EQ(config({"set", "server.port", "8123"}), 0);
  EXPECT_EQ(config({"get", "server.port"}), 0);
  EXPECT_EQ(config({"unset", "server.port"}), 0);
  EXPECT_EQ(config({"get", "server.port"}), 0);
  EXPECT_EQ(out(), "8123\n8000\n");
  EXPECT_EQ(err(), "");
}

TEST_F(ConfigChange, a_wrong_change_is_refused) {
  EXPECT_EQ(config({"set", "server.port", "x"}), 2);
  EXPECT_EQ(config({"set", "server.port"}), 2);
  EXPECT_EQ(config({"set", "sever.port", "1"}), 1);
  EXPECT_EQ(config({"unset"}), 2);
  EXPECT_EQ(config({"set", "server.api_key", "sk-secret"}), 2);
  EXPECT_EQ(file(), "(none)");
  EXPECT_THAT(err(), testing::Not(HasSubstr("sk-secret")));
}

TEST_F(ConfigChange, a_running_daemon_takes_it_over_and_says_what_that_means) {
  answer("/llf/v1/settings/reload",
         R"({"changes":[],"workers":["llf-nano"],"restart":["server.port"],"error":null})");
  EXPECT_EQ(run({"config", "set", "server.port", "8123"}), 0);
  EXPECT_EQ(err(),
            "llf: llf-nano will load anew\n"
            "llf: server.port will change with 'llf server restart'\n");
}

TEST_F(ConfigChange, a_daemon_that_does_not_take_it_over_is_told_of) {
  EXPECT_EQ(run({"config", "set", "server.port", "8123"}), 0);
  EXPECT_THAT(err(), HasSubstr("the daemon did not take it over"));
}

TEST_F(ConfigChange, backups_are_numbered_and_restored) {
  EXPECT_EQ(config({"restore", "1"}), 1);
  EXPECT_THAT(err(), HasSubstr("there are no backups yet"));
  for (const auto* port : {"1", "2", "3"}) EXPECT_EQ(config({"set", "server.port", port}), 0);
  EXPECT_EQ(config({"backups", "--json"}), 0);
  EXPECT_THAT(out(), HasSubstr("\"number\": 2"));
  EXPECT_THAT(out(), testing::Not(HasSubstr("\"number\": 3")));
  EXPECT_EQ(config({"restore", "2"}), 0);
  EXPECT_THAT(file(), HasSubstr("\"port\": 1"));
  EXPECT_EQ(config({"restore", "1"}), 0) << "what was restored over is a backup, too";
  EXPECT_THAT(file(), HasSubstr("\"port\": 3"));
  EXPECT_EQ(config({"restore", "9"}), 1);
  EXPECT_EQ(config({"restore"}), 2);
}

TEST_F(ConfigChange, a_broken_file_can_be_restored_over) {
  EXPECT_EQ(config({"set", "server.port", "1"}), 0);
  EXPECT_EQ(config({"set", "server.port", "2"}), 0);
  write_file("{ broken");
  EXPECT_EQ(config({"restore", "1"}), 0) << err();
  EXPECT_THAT(file(), HasSubstr("\"port\": 1"));
}

TEST_F(ConfigChange, what_a_file_would_change_is_told) {
  EXPECT_EQ(config({"set", "server.port", "1"}), 0);
  EXPECT_EQ(config({"set", "log.level", "warn"}), 0);
  EXPECT_EQ(config({"diff"}), 0);
  EXPECT_THAT(out(), testing::ContainsRegex("log.level +info +warn +nothing"));
  EXPECT_THAT(out(), testing::Not(HasSubstr("server.port")));
  const auto other = folder_ / "other.json";
  std::ofstream(other) << "{}";
  EXPECT_EQ(config({"diff", other.string()}), 0);
  EXPECT_THAT(out(), testing::ContainsRegex("server.port +1 +8000 +llf server restart"));
  EXPECT_EQ(config({"diff", other.string(), "--json"}), 0);
  EXPECT_THAT(out(), HasSubstr("\"effect\": \"restart\""));
  std::ofstream(other) << "{\"sever\": {}}";
  EXPECT_EQ(config({"diff", other.string()}), 2);
}

TEST_F(ConfigChange, a_running_daemon_says_which_workers_that_concerns) {
  answer("/llf/v1/settings/compare",
         R"({"changes":[{"name":"engine.slots","from":null,"to":1,"effect":"workers"}],)"
         R"("workers":["llf-nano"],"restart":[],"error":null})");
  EXPECT_EQ(run({"config", "diff"}), 0);
  EXPECT_THAT(out(), testing::ContainsRegex("engine.slots +null +1 +models load anew"));
  EXPECT_THAT(out(), HasSubstr("loads anew, after what it is doing: llf-nano"));
}

}  // namespace
}  // namespace llf::cli
