#include "cli/settings_change.hpp"

#include "cli/test_command.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

namespace llf::cli {
namespace {

using testing::HasSubstr;

using SettingsChange = CommandTest;

TEST_F(SettingsChange, that_is_not_good_for_the_daemon_is_told) {
  answer("/llf/v1/settings/reload",
         R"({"changes":[],"workers":[],"restart":[],"error":"line 1: no"})");
  EXPECT_EQ(run({"config", "set", "server.port", "8123"}), 0);
  EXPECT_EQ(err(), "llf: line 1: no\n");
}

TEST_F(SettingsChange, that_a_variable_wins_over_is_told) {
  ::setenv("LLF_PORT", "1", 1);
  EXPECT_EQ(run_without_daemon({"config", "set", "server.port", "8123"}), 0);
  ::unsetenv("LLF_PORT");
  EXPECT_THAT(err(), HasSubstr("LLF_PORT is set and wins over the file"));
  EXPECT_EQ(run_without_daemon({"config", "set", "profiles.a", R"({"model": "m"})"}), 0);
}

}  // namespace
}  // namespace llf::cli
