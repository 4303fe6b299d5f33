#include "daemon/start_options.hpp"

#include <gtest/gtest.h>

#include <map>

namespace llf::daemon {
namespace {

using Variables = std::map<std::string, std::string>;

/// With a settings file of that text; none when it is empty.
Expected<CommandLine> parse(const std::vector<std::string>& args, Variables variables = {},
                            std::string_view file = {}) {
  const auto environment = [&](const char* name) -> std::optional<std::string> {
    const auto at = variables.find(name);
    if (at == variables.end()) return std::nullopt;
    return at->second;
  };
  return parse_command_line(
      args, environment,
      [&](const std::string& home) -> Expected<std::optional<config::SettingsText>> {
        if (file.empty()) return std::nullopt;
        return config::SettingsText{.path = home + "/config.json", .text = std::string(file)};
      });
}

std::string error_of(const std::vector<std::string>& args, Variables variables = {}) {
  const auto line = parse(args, std::move(variables));
  return line ? "accepted" : line.error().message;
}

TEST(StartOptions, the_defaults_are_loopback_and_the_known_port) {
  const auto line = parse({});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->options.settings.server.host, "127.0.0.1");
  EXPECT_EQ(line->options.settings.server.port, 8000);
  EXPECT_FALSE(line->options.on_demand);
}

TEST(StartOptions, flags_win_over_the_environment) {
  const auto line = parse({"--port", "1234", "--load-timeout=5", "--on-demand"},
                          {{"LLF_PORT", "99"}, {"LLF_STALL_TIMEOUT", "7"}});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->options.settings.server.port, 1234);
  EXPECT_EQ(line->options.settings.engine.load_timeout, std::chrono::seconds(5));
  EXPECT_EQ(line->options.settings.engine.stall_timeout, std::chrono::seconds(7));
  EXPECT_TRUE(line->options.on_demand);
}

TEST(StartOptions, settings_of_a_command_line_are_words_again) {
  const auto line = parse({"--port=1234", "--on-demand", "--load-timeout", "5"});
  ASSERT_TRUE(line);
  EXPECT_EQ(words_of(line->options.sources.flags),
            (std::vector<std::string>{"--port", "1234", "--load-timeout", "5"}));
}

TEST(StartOptions, an_error_names_the_flag_and_what_is_accepted) {
  EXPECT_EQ(error_of({"--port", "70000"}), "--port: '70000' is not a whole number from 0 to 65535");
  EXPECT_EQ(error_of({"--port", "80x"}), "--port: '80x' is not a whole number from 0 to 65535");
  EXPECT_EQ(error_of({"--load-timeout", "0"}),
            "--load-timeout: '0' is not a whole number from 1 to 604800");
  EXPECT_EQ(error_of({"--log-level", "loud"}),
            "--log-level: 'loud' is none of debug, info, warn, error");
  EXPECT_EQ(error_of({"--port"}), "--port needs a value");
  EXPECT_EQ(error_of({}, {{"LLF_PORT", ""}}), "LLF_PORT: '' is not a whole number from 0 to 65535");
}

TEST(StartOptions, an_unknown_flag_gets_the_nearest) {
  EXPECT_EQ(error_of({"--prt", "1"}),
            "unknown option '--prt'. Did you mean '--port'? See llfd --help");
  EXPECT_EQ(error_of({"model"}), "unknown option 'model'. See llfd --help");
}

TEST(StartOptions, a_check_reads_the_other_options_too) {
  const auto line = parse({"--check", "--port", "1234"});
  ASSERT_TRUE(line);
  EXPECT_EQ(line->action, CommandLine::Action::check);
  EXPECT_EQ(line->options.settings.server.port, 1234);
  EXPECT_FALSE(parse({"--check", "--port", "x"}));
}

TEST(StartOptions, the_readiness_pipe_is_found_on_a_line_that_is_wrong) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(find_ready_fd(Words{"--nonsense", "--ready-fd", "7"}), 7);
  EXPECT_EQ(find_ready_fd(Words{"--port=x", "--ready-fd=7", "--port"}), 7);
  for (const auto& words : {Words{}, Words{"--ready-fd"}, Words{"--ready-fd", "-1"},
                            Words{"--ready-fd=x"}, Words{"--port", "7"}}) {
    EXPECT_EQ(find_ready_fd(words), std::nullopt);
  }
}

TEST(StartOptions, the_file_of_its_home_is_read_first) {
  const auto line =
      parse({"--home", "/h", "--max-loaded", "5"}, {{"LLF_PORT", "99"}},
            R"({"server": {"port": 1, "idle_exit": 7}, "models": {"max_loaded": 2}})");
  ASSERT_TRUE(line);
  EXPECT_EQ(line->options.settings.server.port, 99);
  EXPECT_EQ(line->options.settings.server.idle_exit, std::chrono::seconds(7));
  EXPECT_EQ(line->options.settings.models.max_loaded, 5);
}

TEST(StartOptions, a_wrong_file_is_named_with_the_place) {
  const auto line = parse({"--home", "/h"}, {}, R"({"server": {"prot": 1}})");
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().message,
            "/h/config.json: line 1, column 13: there is no setting 'server.prot'. Did you mean "
            "'port'?");
  EXPECT_EQ(parse({"--version"}, {}, "{")->action, CommandLine::Action::version);
  EXPECT_TRUE(parse({"--guard", "1"}, {}, "{")) << "what clears up must not fail for a setting";
}

TEST(StartOptions, version_and_help_need_nothing_else) {
  EXPECT_EQ(parse({"--version"})->action, CommandLine::Action::version);
  EXPECT_EQ(parse({"-h"})->action, CommandLine::Action::help);
  EXPECT_NE(help_text().find("--port"), std::string::npos);
}

}  // namespace
}  // namespace llf::daemon
