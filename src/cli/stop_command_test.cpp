#include "cli/stop_command.hpp"

#include "cli/test_command.hpp"

namespace llf::cli {
namespace {

using StopCommand = CommandTest;

TEST_F(StopCommand, the_model_is_unloaded) {
  answer("/llf/v1/unload", R"({"unloaded":true})");
  EXPECT_EQ(run({"stop", "llf-nano"}), 0);
  EXPECT_EQ(body_of("/llf/v1/unload"), R"({"model":"llf-nano"})");
  EXPECT_EQ(out() + err(), "");
}

TEST_F(StopCommand, what_the_daemon_refuses_is_told) {
  answer("/llf/v1/unload", R"({"error":{"message":"x is not loaded","code":"not_found"}})", 404);
  EXPECT_EQ(run({"stop", "x"}), 1);
  EXPECT_EQ(err(), "llf: x is not loaded\n");
}

TEST_F(StopCommand, without_a_model_the_loaded_ones_are_named) {
  answer("/llf/v1/workers", R"({"workers":[{"model":"a","state":"ready"},)"
                            R"({"model":"b","state":"ready"}]})");
  EXPECT_EQ(run({"stop"}), 2);
  EXPECT_NE(err().find("Loaded: a, b."), std::string::npos);
}

TEST_F(StopCommand, without_a_daemon_there_is_nothing_to_do) {
  EXPECT_EQ(run_without_daemon({"stop", "x", "--json"}), 0);
  EXPECT_EQ(json::parse(out()).value(), json::parse(R"({"unloaded":false})").value());
}

}  // namespace
}  // namespace llf::cli
