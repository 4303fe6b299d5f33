#include "cli/app.hpp"

#include "cli/test_command.hpp"

#include <csignal>

namespace llf::cli {
namespace {

using App = CommandTest;

TEST_F(App, the_version_may_be_asked_for_anywhere) {
  EXPECT_EQ(run_without_daemon({"--version"}), 0);
  EXPECT_EQ(run_without_daemon({"ps", "--version"}), 0);
  EXPECT_EQ(out(), version_text() + version_text());
}

TEST_F(App, help_is_the_commands_page) {
  EXPECT_EQ(run_without_daemon({"server", "start", "--help"}), 0);
  EXPECT_TRUE(out().starts_with("# llf server start\n"));
  EXPECT_EQ(run_without_daemon({"-h"}), 0);
  EXPECT_NE(out().find("# llf\n"), std::string::npos);
}

TEST_F(App, help_comes_also_for_a_line_that_is_wrong) {
  EXPECT_EQ(run_without_daemon({"ps", "--all", "x", "--help"}), 0);
  EXPECT_TRUE(out().starts_with("# llf ps\n"));
}

TEST_F(App, wrong_usage_is_2_and_on_standard_error) {
  EXPECT_EQ(run_without_daemon({"nonsense"}), 2);
  EXPECT_EQ(run_without_daemon({"ps", "--all"}), 2);
  EXPECT_EQ(run_without_daemon({"ps", "x"}), 2);
  EXPECT_EQ(run_without_daemon({"server"}), 2);
  EXPECT_EQ(out(), "");
  EXPECT_NE(err().find("Try 'llf ps --help'."), std::string::npos);
}

TEST_F(App, a_command_of_a_later_version_is_1) {
  EXPECT_EQ(run_without_daemon({"doctor"}), 1);
  EXPECT_EQ(err(), "llf: 'doctor' is not in this version yet\n");
}

TEST_F(App, messages_of_others_are_made_safe) {
  EXPECT_EQ(run_without_daemon({"\x1b[31mred"}), 2);
  EXPECT_EQ(err().find('\x1b'), std::string::npos);
}

TEST_F(App, a_reader_that_is_gone_ends_it_quietly) {
  auto pipe = os::make_pipe();
  ASSERT_TRUE(pipe);
  pipe->read.reset();
  auto* before = std::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> words{"--help"};
  EXPECT_EQ(run_llf(words, {.in_fd = 0, .out = Output(pipe->write.get(), {}), .err = err_.get()}),
            141);
  std::signal(SIGPIPE, before);
  EXPECT_EQ(err(), "");
}

TEST_F(App, the_end_of_input_leaves_a_chat_with_0) {
  EXPECT_EQ(run_without_daemon({}), 0);
  EXPECT_EQ(run_without_daemon({"chat"}), 0);
  EXPECT_EQ(out() + err(), "");
}

}  // namespace
}  // namespace llf::cli
