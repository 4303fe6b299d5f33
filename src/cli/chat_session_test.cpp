#include "cli/chat_session.hpp"

#include "cli/test_command.hpp"
#include "cli/test_terminal.hpp"
#include "os/atomic_file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <stdlib.h>

namespace llf::cli {
namespace {

/// A chat in a terminal, with everything that will be typed pressed beforehand.
class ChatSessionTest : public CommandTest {
 protected:
  ChatSessionTest() { ::setenv("TERM", "xterm", 1); }

  int chat(std::string_view keys, std::vector<std::string> words = {"chat"}) {
    terminal_.press(keys);
    streams_.in_fd = terminal_.fd();
    streams_.out = piped_out_ ? *piped_out_ : terminal_.output();
    streams_.err = terminal_.output();
    const int code = run(std::move(words));
    screen_ = terminal_.screen();
    return code;
  }

  [[nodiscard]] bool shows(std::string_view text) const {
    return screen_.find(text) != std::string::npos;
  }

  [[nodiscard]] json::Value last_messages() const {
    const auto body = json::parse(body_of("/v1/chat/completions"));
    return body ? body->at("messages") : json::Value();
  }

  TestTerminal terminal_;
  std::optional<Output> piped_out_;
  std::string screen_;
};

TEST_F(ChatSessionTest, a_question_is_answered_and_the_end_of_input_leaves) {
  answer_chat({chat_event("Hel"), chat_event("lo!")});
  EXPECT_EQ(chat("hi\r\x04"), 0);
  EXPECT_TRUE(shows("llf-nano:")) << screen_;
  EXPECT_TRUE(shows("Hello!")) << screen_;
}

TEST_F(ChatSessionTest, llf_alone_is_a_chat) {
  EXPECT_EQ(chat("\x04", {}), 0);
}

TEST_F(ChatSessionTest, json_is_wrong_usage_whichever_command_is_to_chat) {
  for (const auto& words : {std::vector<std::string>{"chat", "--json"},
                            {"run", "--json"},
                            {"run", "llf-nano", "--json"}}) {
    EXPECT_EQ(chat("", words), 2);
    EXPECT_TRUE(shows("llf run --json PROMPT")) << screen_;
  }
}

TEST_F(ChatSessionTest, exit_and_bye_leave) {
  EXPECT_EQ(chat("exit\r"), 0);
  EXPECT_EQ(chat("/bye\r"), 0);
}

TEST_F(ChatSessionTest, the_conversation_is_sent_again) {
  answer_chat({chat_event("Hello!")});
  EXPECT_EQ(chat("hi\rmore\r\x04"), 0);
  EXPECT_EQ(last_messages(), json::parse(R"([{"role":"user","content":"hi"},
      {"role":"assistant","content":"Hello!"},{"role":"user","content":"more"}])")
                                 .value());
}

TEST_F(ChatSessionTest, a_cleared_conversation_is_forgotten) {
  answer_chat({chat_event("Hello!")});
  EXPECT_EQ(chat("hi\r/clear\rmore\r\x04"), 0);
  EXPECT_EQ(last_messages(), json::parse(R"([{"role":"user","content":"more"}])").value());
}

TEST_F(ChatSessionTest, a_failed_turn_is_told_and_leaves_the_conversation_in_order) {
  answer("/v1/chat/completions", R"({"error":{"message":"no memory","code":"unavailable"}})", 503);
  EXPECT_EQ(chat("hi\rmore\r\x04"), 0);
  EXPECT_TRUE(shows("llf: no memory")) << screen_;
  EXPECT_EQ(last_messages(), json::parse(R"([{"role":"user","content":"more"}])").value());
}

TEST_F(ChatSessionTest, a_broken_answer_is_kept_as_far_as_it_came) {
  answer_with("/v1/chat/completions", [](net::Request&, net::Responder& responder) {
    return client::write_events(responder, {chat_event("Hel")}, client::StreamEnd::cut);
  });
  EXPECT_EQ(chat("hi\rmore\r\x04"), 0);
  EXPECT_EQ(last_messages().as_array().size(), 3U);
  EXPECT_EQ(last_messages().as_array()[1].at("content"), "Hel");
}

TEST_F(ChatSessionTest, the_system_prompt_and_the_model_can_be_changed) {
  answer_chat({chat_event("x")});
  EXPECT_EQ(chat("/system be brief\r/model org/big:q4\rhi\r\x04"), 0);
  EXPECT_EQ(last_messages().as_array()[0], json::parse(R"({"role":"system",
      "content":"be brief"})")
                                               .value());
  EXPECT_NE(body_of("/v1/chat/completions").find(R"("model":"org/big:q4")"), std::string::npos);
  EXPECT_TRUE(shows("org/big:q4:")) << screen_;
}

TEST_F(ChatSessionTest, a_model_that_is_not_here_changes_nothing) {
  answer_chat({chat_event("x")});
  answer("/llf/v1/models", R"({"models":[{"id":"llf-nano","source":"built-in","default":true}],
                               "begun":false,"absence":"no model of that name"})");
  EXPECT_EQ(chat("/model org/bgi:q4\rhi\r\x04"), 0);
  EXPECT_TRUE(shows("no model of that name")) << screen_;
  EXPECT_NE(body_of("/v1/chat/completions").find(R"("model":"llf-nano")"), std::string::npos);
  EXPECT_EQ(chat("", {"chat", "nope"}), 1);
}

TEST_F(ChatSessionTest, a_model_may_be_shortened) {
  answer_chat({chat_event("x")});
  answer("/llf/v1/models", R"({"models":[{"id":"org/big:q4","source":"folder","default":true}],
                               "begun":true,"absence":null})");
  EXPECT_EQ(chat("hi\r\x04", {"chat", "big"}), 0);
  EXPECT_NE(body_of("/v1/chat/completions").find(R"("model":"big")"), std::string::npos);
}

TEST_F(ChatSessionTest, the_first_one_says_what_llf_model_recommend_names) {
  answer("/llf/v1/models", R"({"models":[{"id":"llf-nano","source":"built-in","default":true}]})");
  answer("/llf/v1/recommend", R"({"models":[{"name":"qwen3:4b","size_bytes":2500000000}]})");
  EXPECT_EQ(chat("\x04"), 0);
  EXPECT_TRUE(shows("For real work: llf model download qwen3:4b (2.5 GB;")) << screen_;
  EXPECT_TRUE(std::ranges::any_of(requests_, [](const auto& request) {
    return request.path == "/llf/v1/recommend" && request.query.empty();
  })) << "the memory is measured for both";
}

TEST_F(ChatSessionTest, an_unknown_command_is_not_sent) {
  EXPECT_EQ(chat("/modle x\r\x04"), 0);
  EXPECT_TRUE(shows("/model")) << screen_;
  EXPECT_EQ(body_of("/v1/chat/completions"), "");
}

TEST_F(ChatSessionTest, several_lines_are_one_message) {
  answer_chat({chat_event("x")});
  EXPECT_EQ(chat("\"\"\"a\rexit\r\"\"\"\r\x04"), 0);
  EXPECT_EQ(last_messages(), json::parse(R"([{"role":"user","content":"a\nexit"}])").value());
}

TEST_F(ChatSessionTest, what_was_typed_is_there_in_the_next_chat) {
  answer_chat({chat_event("x")});
  EXPECT_EQ(chat("hi\r\x04"), 0);
  EXPECT_EQ(os::read_file(paths_.state_dir / "chat_history", ByteSize::kib(4)), "hi\n");
  EXPECT_EQ(chat("\x1b[A again\r\x04"), 0);
  EXPECT_EQ(last_messages().as_array()[0].at("content"), "hi again");
}

Task<void> answer_then_interrupt(net::Responder& responder) {
  EXPECT_TRUE(co_await responder.begin(200, {{"Content-Type", "text/event-stream"}}));
  EXPECT_TRUE(co_await responder.write(chat_event("Hel")));
  EXPECT_TRUE(co_await net::sleep_for(std::chrono::milliseconds(100)));
  ::raise(SIGINT);
  EXPECT_TRUE(co_await responder.closed());
}

TEST_F(ChatSessionTest, an_interrupt_cancels_the_answer_and_keeps_what_came) {
  int count = 0;
  answer_with("/v1/chat/completions", [&count](net::Request&, net::Responder& responder) {
    if (count++ == 0) return answer_then_interrupt(responder);
    return client::write_events(responder, {chat_event("x"), "data: [DONE]\n\n"},
                                client::StreamEnd::regular);
  });
  EXPECT_EQ(chat("hi\rmore\r\x04"), 0);
  EXPECT_TRUE(shows("(cancelled)")) << screen_;
  EXPECT_EQ(last_messages().as_array()[1].at("content"), "Hel");
}

TEST_F(ChatSessionTest, an_interrupt_cancels_an_answer_that_nobody_reads) {
  const auto full = make_full_pipe();
  piped_out_.emplace(full.write.get(), text::Terminal{});
  answer_with("/v1/chat/completions", [](net::Request&, net::Responder& responder) {
    return answer_then_interrupt(responder);
  });
  EXPECT_EQ(chat("hi\r\x04"), 0);
  EXPECT_TRUE(shows("(cancelled)")) << screen_;
}

TEST(DefaultModel, it_is_the_one_that_the_daemon_says_else_the_first) {
  client::ModelInfo a;
  a.id = "a";
  a.source = "folder";
  auto b = a;
  b.id = "b";
  EXPECT_EQ(default_model({a, b}), "") << "the settings name one that is not here";
  b.is_default = true;
  EXPECT_EQ(default_model({a, b}), "b");
  EXPECT_EQ(default_model({}), "");
}

}  // namespace
}  // namespace llf::cli
