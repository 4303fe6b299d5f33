#include "config/config.hpp"

#include "os/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace llf::config {
namespace {

const Declaration& declaration_of(std::string_view name) {
  const auto found = std::ranges::find(declarations(), name, &Declaration::name);
  EXPECT_NE(found, declarations().end()) << name;
  return *found;
}

Environment environment(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    const auto at = variables.find(name);
    if (at == variables.end()) return std::nullopt;
    return at->second;
  };
}

SettingsText file(std::string_view text) {
  return {.path = "c", .text = std::string(text)};
}

TEST(Config, begins_with_what_is_built_in) {
  const auto config =
      Config::merge({.file = std::nullopt, .environment = environment({}), .flags = {}});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->settings(), Settings{});
  for (const auto& declaration : declarations()) {
    EXPECT_EQ(config->origin(declaration), Origin::built_in);
  }
}

TEST(Config, later_origins_win) {
  const auto config =
      Config::merge({.file = file(R"({"server": {"port": 1}, "models": {"max_loaded": 2}})"),
                     .environment = environment({{"LLF_PORT", "3"}, {"LLF_HOST", "::1"}}),
                     .flags = {{.declaration = &declaration_of("server.port"), .word = "4"}}});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->settings().server.port, 4);
  EXPECT_EQ(config->origin(declaration_of("server.port")), Origin::command_line);
  EXPECT_EQ(config->settings().server.host, "::1");
  EXPECT_EQ(config->origin(declaration_of("server.host")), Origin::environment);
  EXPECT_EQ(config->settings().models.max_loaded, 2);
  EXPECT_EQ(config->origin(declaration_of("models.max_loaded")), Origin::file);
  EXPECT_EQ(config->origin(declaration_of("log.level")), Origin::built_in);
}

TEST(Config, an_error_names_its_file_variable_or_flag) {
  const auto wrong_file = Config::merge({.file = file("{\n \"server\": {\"port\": -1}}"),
                                         .environment = environment({}),
                                         .flags = {}});
  ASSERT_FALSE(wrong_file);
  EXPECT_EQ(wrong_file.error().message,
            "c: line 2, column 21: server.port: -1 is not a whole number from 0 to 65535");
  const auto wrong_variable =
      Config::merge({.file = {}, .environment = environment({{"LLF_PORT", "x"}}), .flags = {}});
  ASSERT_FALSE(wrong_variable);
  EXPECT_EQ(wrong_variable.error().message, "LLF_PORT: 'x' is not a whole number from 0 to 65535");
  const auto wrong_flag =
      Config::merge({.file = {},
                     .environment = environment({}),
                     .flags = {{.declaration = &declaration_of("log.level"), .word = "loud"}}});
  ASSERT_FALSE(wrong_flag);
  EXPECT_EQ(wrong_flag.error().message, "--log-level: 'loud' is none of debug, info, warn, error");
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

}  // namespace
}  // namespace llf::config
