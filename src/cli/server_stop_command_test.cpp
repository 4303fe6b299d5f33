#include "cli/server_stop_command.hpp"

#include "cli/test_command.hpp"

namespace llf::cli {
namespace {

using ServerStopCommand = CommandTest;

TEST_F(ServerStopCommand, a_daemon_that_does_not_run_is_no_failure) {
  EXPECT_EQ(run_without_daemon({"server", "stop", "--json"}), 0);
  EXPECT_EQ(json::parse(out()).value(), json::parse(R"({"stopped":false})").value());
}

TEST_F(ServerStopCommand, the_daemon_is_asked_to_end) {
  // The lock of this home is free: for llf that daemon is gone once it was asked.
  answer("/llf/v1/stop", R"({"stopping":true})", 202);
  EXPECT_EQ(run({"server", "stop"}), 0);
  EXPECT_EQ(body_of("/llf/v1/stop"), "{}");
  EXPECT_EQ(err(), "llfd has ended\n");
}

}  // namespace
}  // namespace llf::cli
