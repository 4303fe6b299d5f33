#include "cli/server_logs_command.hpp"

#include "cli/test_command.hpp"
#include "os/atomic_file.hpp"

namespace llf::cli {
namespace {

using ServerLogsCommand = CommandTest;

TEST_F(ServerLogsCommand, lines_of_the_daemon_are_printed_safely) {
  answer("/llf/v1/logs", R"({"lines":["a","\u001b[31mb"]})");
  EXPECT_EQ(run({"server", "logs", "-n", "2"}), 0);
  EXPECT_EQ(out(), "a\nb\n");
  EXPECT_EQ(requests_.back().target, "/llf/v1/logs?source=daemon&lines=2");
}

TEST_F(ServerLogsCommand, a_models_lines_are_asked_for_by_its_name) {
  answer("/llf/v1/logs", R"({"lines":["a"]})");
  EXPECT_EQ(run({"server", "logs", "org/m", "--json"}), 0);
  EXPECT_EQ(json::parse(out()).value(), json::parse(R"({"lines":["a"]})").value());
  EXPECT_EQ(requests_.back().target, "/llf/v1/logs?source=org%2Fm&lines=100");
}

TEST_F(ServerLogsCommand, of_a_model_that_is_not_loaded_the_folder_of_its_log_is_told) {
  answer("/llf/v1/logs", R"({"error":{"message":"m is not loaded","code":"not_found"}})", 404);
  EXPECT_EQ(run({"server", "logs", "m"}), 1);
  EXPECT_EQ(err(), "llf: m is not loaded; what engines printed earlier is in the files of " +
                       paths_.log_dir().native() + "\n");
}

TEST_F(ServerLogsCommand, followed_lines_come_until_the_daemon_ends) {
  answer_with("/llf/v1/logs", [](net::Request&, net::Responder& responder) {
    return client::write_events(responder,
                                {"data: {\"line\":\"a\"}\n\n", "data: {\"line\":\"b\"}\n\n"},
                                client::StreamEnd::regular);
  });
  EXPECT_EQ(run({"server", "logs", "-f"}), 0);
  EXPECT_EQ(out(), "a\nb\n");
}

TEST_F(ServerLogsCommand, without_a_daemon_its_file_is_read) {
  ASSERT_TRUE(os::ensure_dir(paths_.log_dir()));
  ASSERT_TRUE(os::write_file_atomically(paths_.daemon_log(), "a\nb\nc\n"));
  EXPECT_EQ(run_without_daemon({"server", "logs", "-n", "2"}), 0);
  EXPECT_EQ(out(), "b\nc\n");
}

TEST_F(ServerLogsCommand, without_a_daemon_and_a_file_there_is_no_log) {
  EXPECT_EQ(run_without_daemon({"server", "logs"}), 1);
  EXPECT_EQ(run_without_daemon({"server", "logs", "llf-nano"}), 1);
  EXPECT_EQ(run_without_daemon({"server", "logs", "-f"}), 1);
  EXPECT_EQ(out(), "");
}

TEST_F(ServerLogsCommand, a_number_of_lines_must_be_one) {
  EXPECT_EQ(run_without_daemon({"server", "logs", "-n", "many"}), 2);
  EXPECT_NE(err().find("'many'"), std::string::npos);
}

TEST(LastLines, the_last_ones_are_taken) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(last_lines("a\nb\nc\n", 2), (Lines{"b", "c"}));
  EXPECT_EQ(last_lines("a\nb\nc", 5), (Lines{"a", "b", "c"}));
  EXPECT_EQ(last_lines("", 5), Lines{});
  EXPECT_EQ(last_lines("a\n", 0), Lines{});
}

}  // namespace
}  // namespace llf::cli
