#include "cli/run_command.hpp"

#include "cli/test_command.hpp"

#include <csignal>

namespace llf::cli {
namespace {

using RunCommand = CommandTest;

constexpr std::string_view kFinish =
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}],"
    "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":2}}\n\n";

TEST_F(RunCommand, the_answer_alone_is_on_standard_output) {
  answer_chat({chat_event("Hel"), chat_event("lo")});
  EXPECT_EQ(run({"run", "What is llf?"}), 0);
  EXPECT_EQ(out(), "Hello\n");
  EXPECT_EQ(err(), "");
  EXPECT_EQ(body_of("/v1/chat/completions"),
            R"({"messages":[{"role":"user","content":"What is llf?"}],"stream":true,)"
            R"("stream_options":{"include_usage":true}})");
}

TEST_F(RunCommand, a_model_before_the_prompt_is_asked) {
  answer_chat({chat_event("x")});
  EXPECT_EQ(run({"run", "org/big:q4", "hi"}), 0);
  EXPECT_NE(body_of("/v1/chat/completions").find(R"("model":"org/big:q4")"), std::string::npos);
}

TEST_F(RunCommand, the_beginning_of_a_name_is_enough_where_it_can_be_no_prompt) {
  answer_chat({chat_event("x")});
  answer("/llf/v1/models",
         R"({"models":[{"id":"org/big:q4","size_bytes":1,"source":"folder"}],"begun":true})");
  EXPECT_EQ(run({"run", "org/b", "hi"}), 0) << err();
  EXPECT_NE(body_of("/v1/chat/completions").find(R"("model":"org/b")"), std::string::npos);
  EXPECT_EQ(run({"run", "big"}), 0) << err();
  EXPECT_NE(body_of("/v1/chat/completions").find(R"("content":"big")"), std::string::npos);
}

TEST_F(RunCommand, why_a_model_is_not_here_is_said_alike_however_it_is_named) {
  answer("/llf/v1/models",
         R"({"models":[],"begun":false,"meant":[],"absence":"o/x is being downloaded",)"
         R"("download":"o/x"})");
  answer("/v1/chat/completions", R"({"error":{"message":"no","code":"model_not_found"}})", 404);
  EXPECT_EQ(run({"run", "o/x"}), 1);
  EXPECT_EQ(run({"run", "-m", "o/x", "hi"}), 1);
  EXPECT_EQ(err(), "llf: o/x is being downloaded\nllf: o/x is being downloaded\n");
}

TEST_F(RunCommand, options_go_into_the_request) {
  answer_chat({chat_event("x")});
  EXPECT_EQ(run({"run", "hi there", "-s", "--json", "-t", "0", "-n", "5"}), 0);
  const auto body = body_of("/v1/chat/completions");
  EXPECT_NE(body.find(R"({"role":"system","content":"--json"})"), std::string::npos) << body;
  EXPECT_NE(body.find(R"("max_tokens":5)"), std::string::npos) << body;
}

TEST_F(RunCommand, piped_text_follows_the_prompt) {
  answer_chat({chat_event("x")});
  pipe_in("line 1\nline 2\n");
  EXPECT_EQ(run({"run", "explain this"}), 0);
  EXPECT_NE(body_of("/v1/chat/completions").find(R"("explain this\n\nline 1\nline 2")"),
            std::string::npos);
}

TEST_F(RunCommand, piped_text_alone_is_the_prompt) {
  answer_chat({chat_event("x")});
  pipe_in("hi\xFF\n");
  EXPECT_EQ(run({"run"}), 0);
  EXPECT_NE(body_of("/v1/chat/completions").find("\"hi\uFFFD\""), std::string::npos);
  EXPECT_NE(err().find("not UTF-8"), std::string::npos);
}

TEST_F(RunCommand, no_prompt_is_wrong_usage) {
  EXPECT_EQ(run_without_daemon({"run"}), 2);
  pipe_in(" \n");
  EXPECT_EQ(run({"run"}), 2);
  EXPECT_EQ(run({"run", "llf-nano"}), 2);
  EXPECT_EQ(out(), "");
}

TEST_F(RunCommand, a_model_that_is_not_here_is_told) {
  EXPECT_EQ(run({"run", "org/bgi:q4"}), 1);
  EXPECT_EQ(err(),
            "llf: no model 'org/bgi:q4' is here. 'llf model download org/bgi:q4' gets it.\n");
}

TEST_F(RunCommand, an_answer_that_breaks_off_is_a_failure_and_what_came_is_there) {
  answer_with("/v1/chat/completions", [](net::Request&, net::Responder& responder) {
    return client::write_events(responder, {chat_event("Hel")}, client::StreamEnd::regular);
  });
  EXPECT_EQ(run({"run", "what is llf?"}), 1);
  EXPECT_EQ(out(), "Hel\n");
  EXPECT_EQ(err(), "llf: the answer was cut off before its end\n");
}

TEST_F(RunCommand, a_prompt_that_the_daemon_refuses_is_no_wrong_usage) {
  answer("/v1/chat/completions", R"({"error":{"message":"it is too long","code":"invalid"}})", 400);
  EXPECT_EQ(run({"run", "what is llf?"}), 1);
  EXPECT_EQ(err(), "llf: it is too long\n");
  answer_chat({"data: {\"error\":{\"message\":\"it is too long\",\"code\":\"invalid\"}}\n\n"});
  EXPECT_EQ(run({"run", "what is llf?"}), 1);
  EXPECT_EQ(out(), "");
}

TEST_F(RunCommand, an_error_in_the_stream_is_told) {
  answer_chat({chat_event("Hel"),
               "data: {\"error\":{\"message\":\"the engine died\",\"code\":\"upstream\"}}\n\n"});
  EXPECT_EQ(run({"run", "what is llf?"}), 1);
  EXPECT_EQ(err(), "llf: the engine died\n");
}

TEST_F(RunCommand, terminal_sequences_are_left_out_unless_raw) {
  answer_chat({chat_event("a\\u001b[3"), chat_event("1mb")});
  EXPECT_EQ(run({"run", "what is llf?"}), 0);
  EXPECT_EQ(run({"run", "what is llf?", "--raw"}), 0);
  EXPECT_EQ(out(), "ab\na\x1b[31mb\n");
}

TEST_F(RunCommand, json_is_one_object) {
  answer_chat({chat_event("Hi"), std::string(kFinish)});
  EXPECT_EQ(run({"run", "what is llf?", "--json"}), 0);
  EXPECT_EQ(json::parse(out()).value(),
            json::parse(R"({"model":"llf-nano","content":"Hi","finish_reason":"stop",)"
                        R"("usage":{"prompt_tokens":3,"completion_tokens":2}})")
                .value());
}

TEST_F(RunCommand, an_answer_at_the_limit_of_tokens_says_so) {
  answer_chat(
      {chat_event("Hi"), "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n"});
  EXPECT_EQ(run({"run", "what is llf?"}), 0);
  EXPECT_NE(err().find("limit of tokens"), std::string::npos);
}

Task<void> print_then_interrupt(net::Responder& responder) {
  EXPECT_TRUE(co_await responder.begin(200, {{"Content-Type", "text/event-stream"}}));
  EXPECT_TRUE(co_await responder.write(chat_event("Hel")));
  // Long enough after the text for it to be shown first; the answer itself would never end.
  EXPECT_TRUE(co_await net::sleep_for(std::chrono::milliseconds(100)));
  ::raise(SIGINT);
  EXPECT_TRUE(co_await responder.closed());
}

TEST_F(RunCommand, an_interrupt_keeps_what_came_and_cancels_the_request) {
  answer_with("/v1/chat/completions", [](net::Request&, net::Responder& responder) {
    return print_then_interrupt(responder);
  });
  EXPECT_EQ(run({"run", "what is llf?"}), 130);
  EXPECT_EQ(out(), "Hel\n");
  EXPECT_EQ(err(), "");
}

}  // namespace
}  // namespace llf::cli
