#include "cli/server_status_command.hpp"

#include "cli/test_command.hpp"

namespace llf::cli {
namespace {

using ServerStatusCommand = CommandTest;

TEST_F(ServerStatusCommand, a_running_daemon_is_described) {
  EXPECT_EQ(run({"server", "status"}), 0);
  EXPECT_TRUE(out().starts_with("llfd 0.1.0 is running (pid 42, for 5 s)\n")) << out();
  EXPECT_NE(out().find("http://127.0.0.1:8000"), std::string::npos);
}

TEST_F(ServerStatusCommand, json_has_what_the_daemon_says) {
  EXPECT_EQ(run({"server", "status", "--json"}), 0);
  const auto value = json::parse(out());
  ASSERT_TRUE(value && value->is_object());
  EXPECT_EQ(value->at("running"), true);
  EXPECT_EQ(value->at("listen").at("port"), 8000);
}

TEST_F(ServerStatusCommand, without_a_daemon_the_exit_code_is_1) {
  EXPECT_EQ(run_without_daemon({"server", "status"}), 1);
  EXPECT_EQ(out(), "llfd is not running\n");
  EXPECT_EQ(err(), "");
}

TEST_F(ServerStatusCommand, a_daemon_of_another_protocol_has_a_status_too) {
  answer("/llf/v1/status", R"({"version":"9.0","protocol":2})");
  EXPECT_EQ(run({"server", "status"}), 0);
}

}  // namespace
}  // namespace llf::cli
