#include "cli/server_control.hpp"

#include "cli/server_start_command.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace llf::cli {
namespace {

using Words = std::vector<std::string>;

Expected<Words> passed_on(const Words& words) {
  const auto arguments = parse_arguments(
      {.command = "server start", .options = kServerStartOptions, .max_words = 0}, words);
  EXPECT_TRUE(arguments);
  return arguments ? daemon_arguments(*arguments) : Words{};
}

TEST(ServerControl, nothing_given_is_nothing_passed_on) {
  EXPECT_EQ(passed_on({}), Words{});
}

TEST(ServerControl, options_of_llfd_are_passed_on_by_their_long_names) {
  EXPECT_EQ(passed_on({"-p", "0", "--host=::1", "--log-level", "debug"}),
            (Words{"--host", "::1", "--port", "0", "--log-level", "debug"}));
}

TEST(ServerControl, options_of_llf_are_not_passed_on) {
  EXPECT_EQ(passed_on({"--foreground", "--json", "--home", "x"}), Words{});
}

TEST(ServerControl, a_shared_server_listens_on_every_address) {
  EXPECT_EQ(passed_on({"--share", "--port", "1"}), (Words{"--host", "0.0.0.0", "--port", "1"}));
  const auto both = parse_arguments({.command = "serve", .options = kServeOptions, .max_words = 0},
                                    Words{"--share", "--host", "127.0.0.1"});
  ASSERT_TRUE(both);
  EXPECT_EQ(daemon_arguments(*both).error().kind, ErrorKind::invalid);
}

TEST(ServerControl, paths_become_absolute) {
  const auto here = std::filesystem::current_path();
  EXPECT_EQ(passed_on({"--models", "m", "--engine", "/e"}),
            (Words{"--engine", "/e", "--models", (here / "m").native()}));
}

TEST(ServerControl, numbers_are_checked_before_a_daemon_is_stopped_for_them) {
  for (const auto& words : {Words{"--port", "abc"}, Words{"--port", "65536"},
                            Words{"--max-loaded", "0"}, Words{"--load-timeout", "-1"}}) {
    const auto arguments = passed_on(words);
    ASSERT_FALSE(arguments);
    EXPECT_EQ(arguments.error().kind, ErrorKind::invalid);
    EXPECT_NE(arguments.error().message.find(words[0]), std::string::npos);
  }
}

}  // namespace
}  // namespace llf::cli
