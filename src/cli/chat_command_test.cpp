#include "cli/chat_command.hpp"

#include "cli/test_command.hpp"

namespace llf::cli {
namespace {

using ChatCommand = CommandTest;

TEST_F(ChatCommand, what_is_piped_in_is_one_question) {
  answer_chat({chat_event("Hello!")});
  pipe_in("hi\nthere\n");
  EXPECT_EQ(run({"chat", "-s", "be brief"}), 0);
  EXPECT_EQ(out(), "Hello!\n");
  EXPECT_NE(body_of("/v1/chat/completions").find(R"({"role":"user","content":"hi\nthere"})"),
            std::string::npos);
  EXPECT_NE(body_of("/v1/chat/completions").find("be brief"), std::string::npos);
}

TEST_F(ChatCommand, an_empty_pipe_leaves_with_0) {
  pipe_in("");
  EXPECT_EQ(run({"chat"}), 0);
  EXPECT_EQ(out() + err(), "");
}

TEST_F(ChatCommand, two_models_are_wrong_usage) {
  EXPECT_EQ(run_without_daemon({"chat", "a", "--model", "b"}), 2);
  EXPECT_EQ(run_without_daemon({"chat", "a", "b"}), 2);
}

TEST_F(ChatCommand, a_setting_that_is_no_number_is_wrong_usage) {
  EXPECT_EQ(run_without_daemon({"chat", "--temperature", "hot"}), 2);
}

}  // namespace
}  // namespace llf::cli
