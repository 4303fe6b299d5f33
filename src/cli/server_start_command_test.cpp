#include "cli/server_start_command.hpp"

#include "cli/test_command.hpp"

namespace llf::cli {
namespace {

using ServerStartCommand = CommandTest;

TEST_F(ServerStartCommand, one_that_stays_already_is_left_alone) {
  EXPECT_EQ(run({"server", "start"}), 0);
  EXPECT_EQ(out(), "http://127.0.0.1:8000\n");
  EXPECT_EQ(body_of("/llf/v1/stop"), "");
}

TEST_F(ServerStartCommand, json_is_the_status) {
  EXPECT_EQ(run({"server", "start", "--json"}), 0);
  EXPECT_EQ(json::parse(out()).value(), json::parse(kTestStatus).value());
}

TEST_F(ServerStartCommand, options_for_one_that_runs_already_are_a_conflict) {
  EXPECT_EQ(run({"server", "start", "--port", "0"}), 1);
  EXPECT_NE(err().find("pid 42"), std::string::npos);
  EXPECT_NE(err().find("llf server restart"), std::string::npos);
}

TEST_F(ServerStartCommand, a_second_one_in_the_foreground_is_a_conflict) {
  EXPECT_EQ(run({"serve"}), 1);
  EXPECT_EQ(run({"server", "start", "--foreground"}), 1);
  EXPECT_EQ(body_of("/llf/v1/stop"), "");
}

TEST_F(ServerStartCommand, wrong_numbers_stop_nothing) {
  EXPECT_EQ(run({"server", "restart", "--port", "x"}), 2);
  EXPECT_EQ(run({"server", "start", "--port", "x"}), 2);
  EXPECT_EQ(run({"serve", "--port", "x"}), 2);
  EXPECT_TRUE(requests_.empty());
}

}  // namespace
}  // namespace llf::cli
