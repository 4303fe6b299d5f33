#include "config/config.hpp"

#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace llf::config {
namespace {

using testing::HasSubstr;

const Declaration& declared(std::string_view name) {
  const auto found = std::ranges::find(declarations(), name, &Declaration::name);
  EXPECT_NE(found, declarations().end()) << name;
  return *found;
}

std::string error_of(std::string_view text) {
  Config config;
  const auto read = config.read_file({.path = "c", .text = std::string(text)});
  EXPECT_EQ(config.settings(), Settings{}) << "something of a wrong file was taken";
  return read ? "accepted" : read.error().message;
}

TEST(Config, begins_with_what_is_built_in) {
  const Config config;
  EXPECT_EQ(config.settings(), Settings{});
  for (const auto& declaration : declarations()) {
    EXPECT_EQ(config.origin(declaration), Origin::built_in);
  }
}

TEST(Config, a_file_changes_what_it_names_and_nothing_else) {
  Config config;
  ASSERT_TRUE(config.read_file({.path = "c", .text = R"({
    // people comment
    "$schema": "x", "_note": {"a": 1},
    "server": {"port": 1234, "_was": 8000,},
    "log": {"level": "warn"},
    "engine": {"load_timeout": 5, "path": "/e"},
  })"}));
  Settings expected;
  expected.server.port = 1234;
  expected.log.level = log::Level::warn;
  expected.engine.load_timeout = std::chrono::seconds(5);
  expected.engine.path = "/e";
  EXPECT_EQ(config.settings(), expected);
  EXPECT_EQ(config.origin(declared("server.port")), Origin::file);
  EXPECT_EQ(config.origin(declared("server.host")), Origin::built_in);
}

TEST(Config, later_origins_win) {
  Config config;
  ASSERT_TRUE(config.read_file(
      {.path = "c", .text = R"({"server": {"port": 1}, "models": {"max_loaded": 2}})"}));
  const std::map<std::string, std::string> variables{{"LLF_PORT", "3"}, {"LLF_HOST", "::1"}};
  ASSERT_TRUE(config.read_environment([&](const char* name) -> std::optional<std::string> {
    const auto at = variables.find(name);
    if (at == variables.end()) return std::nullopt;
    return at->second;
  }));
  ASSERT_TRUE(config.read_flag(declared("server.port"), "4"));
  EXPECT_EQ(config.settings().server.port, 4);
  EXPECT_EQ(config.origin(declared("server.port")), Origin::command_line);
  EXPECT_EQ(config.settings().server.host, "::1");
  EXPECT_EQ(config.origin(declared("server.host")), Origin::environment);
  EXPECT_EQ(config.settings().models.max_loaded, 2);
}

TEST(Config, a_wrong_file_is_told_with_its_place) {
  EXPECT_EQ(error_of("{\n  \"server\": {\"port\": 70000}\n}"),
            "c: line 2, column 22: server.port: 70000 is not a whole number from 0 to 65535");
  EXPECT_EQ(error_of(R"({"server": {"port": "8000"}})"),
            R"(c: line 1, column 21: server.port: "8000" is not a whole number from 0 to 65535)");
  EXPECT_EQ(error_of(R"({"server": {"port": 80.5}})"),
            "c: line 1, column 21: server.port: 8.05E1 is not a whole number from 0 to 65535");
  EXPECT_EQ(error_of(R"({"server": {"host": []}})"),
            "c: line 1, column 21: server.host: a list is not a text in quotes");
  EXPECT_EQ(error_of(R"({"log": {"level": "loud"}})"),
            R"(c: line 1, column 19: log.level: "loud" is none of debug, info, warn, error)");
  EXPECT_EQ(error_of(R"({"models": {"folder": "~/m"}})"),
            "c: line 1, column 23: models.folder: '~/m' does not begin with '/': a path in this "
            "file must "
            "be whole");
  EXPECT_EQ(error_of(R"({"server": 8000})"), "c: line 1, column 12: server: is not an object");
  EXPECT_THAT(error_of("{\n"), HasSubstr("c: line 2, column 1"));
  EXPECT_THAT(error_of("[]"), HasSubstr("an object of sections"));
  EXPECT_THAT(error_of(""), HasSubstr("ends too early"));
}

TEST(Config, a_file_is_read_if_there_is_one) {
  const os::TestFolder folder;
  const auto none = read_settings_file(folder.path() / "config.json");
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  EXPECT_FALSE(read_settings_file(folder.path())) << "a folder is no file";
  const auto path = folder.path() / "x.json";
  std::ofstream(path) << "{}";
  const auto some = read_settings_file(path);
  ASSERT_TRUE(some && *some);
  EXPECT_EQ((*some)->text, "{}");
  EXPECT_EQ((*some)->path, path.string());
}

TEST(Config, an_unknown_key_gets_the_nearest) {
  EXPECT_EQ(error_of(R"({"server": {"prot": 1}})"),
            "c: line 1, column 13: there is no setting 'server.prot'. Did you mean 'port'?");
  EXPECT_EQ(error_of("{\n \"sever\": {}}"),
            "c: line 2, column 2: there is no setting 'sever'. Did you mean 'server'?");
  EXPECT_EQ(error_of(R"({"server": {"level": "info"}})"),
            "c: line 1, column 13: there is no setting 'server.level'. Did you mean 'log.level'?");
  EXPECT_EQ(error_of(R"({"log": {"level": "info", "zzzzzzzz": 1}})"),
            "c: line 1, column 27: there is no setting 'log.zzzzzzzz'.");
}

TEST(Config, a_wrong_word_names_its_variable_or_flag) {
  Config config;
  const auto read = config.read_environment([](const char* name) -> std::optional<std::string> {
    if (name == std::string_view("LLF_PORT")) return "x";
    return std::nullopt;
  });
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "LLF_PORT: 'x' is not a whole number from 0 to 65535");
  EXPECT_EQ(config.read_flag(declared("log.level"), "loud").error().message,
            "--log-level: 'loud' is none of debug, info, warn, error");
}

}  // namespace
}  // namespace llf::config
