#include "cli/ask.hpp"

#include "cli/test_command.hpp"
#include "net/timer.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <thread>

namespace llf::cli {
namespace {

/// Asks a daemon of the test's own, on another thread, and shows the answer in a file.
class AskTest : public ::testing::Test {
 protected:
  AskTest() : signals_(os::SignalWatch::create({SIGINT, SIGWINCH})) { EXPECT_TRUE(signals_); }

  Answer ask(client::TestDaemon::Answer with) {
    daemon_.answer(std::move(with));
    const client::ApiClient client(net::Endpoint::unix_socket(daemon_.socket()));
    AnswerView view(context_.out, AnswerLook::plain);
    net::Event done;
    std::thread server([&] { static_cast<void>(daemon_.run(wait(done))); });
    auto answer = cli::ask(context_, {.client = client,
                                      .request = {.model = {},
                                                  .messages = {{"user", "hi"}},
                                                  .temperature = {},
                                                  .max_tokens = {}},
                                      .view = &view,
                                      .signals = *signals_});
    daemon_.loop().post([&] { done.set(); });
    server.join();
    return answer;
  }

  static Task<void> wait(net::Event& done) { static_cast<void>(co_await done.wait()); }

  client::TestDaemon daemon_;
  Expected<os::SignalWatch> signals_;
  TestOutput out_;
  TestOutput err_{{.color = text::Color::off, .rewrites = true, .columns = 80}};
  Context context_{.out = out_.get(),
                   .err = err_.get(),
                   .in_fd = -1,
                   .format = Format::text,
                   .home = {},
                   .paths = {},
                   .loop = {}};
};

TEST_F(AskTest, a_whole_answer_is_complete) {
  const auto answer = ask([](net::Request&, net::Responder& responder) {
    return client::write_events(responder, {chat_event("Hi"), "data: [DONE]\n\n"},
                                client::StreamEnd::regular);
  });
  EXPECT_EQ(answer.outcome, Answer::Outcome::complete);
  EXPECT_EQ(answer.text, "Hi");
  EXPECT_EQ(answer.end.model, "llf-nano");
  EXPECT_EQ(out_.text(), "Hi\n");
}

TEST_F(AskTest, a_quick_answer_shows_no_progress) {
  static_cast<void>(ask([](net::Request&, net::Responder& responder) {
    return client::write_events(responder, {chat_event("Hi"), "data: [DONE]\n\n"},
                                client::StreamEnd::regular);
  }));
  EXPECT_EQ(err_.text(), "");
}

Task<void> answer_slowly(net::Request& request, net::Responder& responder) {
  if (request.path == "/llf/v1/workers") {
    EXPECT_TRUE(co_await responder.send(
        {.status = 200,
         .headers = {},
         .body = R"({"workers":[{"model":"m","state":"starting","progress":0.5}]})"}));
    co_return;
  }
  EXPECT_TRUE(co_await net::sleep_for(limits::kProgressDelay * 3));
  co_await client::write_events(responder, {chat_event("Hi"), "data: [DONE]\n\n"},
                                client::StreamEnd::regular);
}

TEST_F(AskTest, a_slow_load_is_shown_and_taken_away_before_the_answer) {
  const auto answer = ask(answer_slowly);
  EXPECT_EQ(answer.outcome, Answer::Outcome::complete);
  EXPECT_NE(err_.text().find("loading m"), std::string::npos);
  EXPECT_TRUE(err_.text().ends_with("\r\x1b[K"));
  EXPECT_EQ(out_.text(), "Hi\n");
}

TEST_F(AskTest, a_signal_before_the_first_word_cancels_too) {
  // Pending before the question: it must not get lost.
  ASSERT_EQ(::raise(SIGINT), 0);
  const auto answer = ask([](net::Request&, net::Responder& responder) -> Task<void> {
    static_cast<void>(co_await responder.closed());
  });
  EXPECT_EQ(answer.outcome, Answer::Outcome::interrupted);
  EXPECT_EQ(answer.signal, SIGINT);
  EXPECT_EQ(answer.text, "");
}

TEST_F(AskTest, a_change_of_the_window_cancels_nothing) {
  ASSERT_EQ(::raise(SIGWINCH), 0);
  const auto answer = ask([](net::Request&, net::Responder& responder) {
    return client::write_events(responder, {chat_event("Hi"), "data: [DONE]\n\n"},
                                client::StreamEnd::regular);
  });
  EXPECT_EQ(answer.outcome, Answer::Outcome::complete);
}

Task<void> answer_then_signal(net::Responder& responder) {
  EXPECT_TRUE(co_await responder.begin(200, {{"Content-Type", "text/event-stream"}}));
  EXPECT_TRUE(co_await responder.write(chat_event("Hi")));
  // Long enough after the text for it to be waited with.
  EXPECT_TRUE(co_await net::sleep_for(std::chrono::milliseconds(100)));
  ::raise(SIGINT);
  EXPECT_TRUE(co_await responder.closed());
}

TEST_F(AskTest, a_signal_cancels_an_answer_that_nobody_reads) {
  const auto full = make_full_pipe();
  context_.out = Output(full.write.get(), {});
  const auto answer =
      ask([](net::Request&, net::Responder& responder) { return answer_then_signal(responder); });
  EXPECT_EQ(answer.outcome, Answer::Outcome::interrupted);
  EXPECT_EQ(answer.signal, SIGINT);
  EXPECT_EQ(answer.text, "Hi");
}

TEST_F(AskTest, an_output_that_cannot_be_written_is_a_failure) {
  const os::UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  context_.out = Output(full.get(), {});
  const auto answer = ask([](net::Request&, net::Responder& responder) {
    return client::write_events(responder, {chat_event("Hi"), "data: [DONE]\n\n"},
                                client::StreamEnd::regular);
  });
  EXPECT_EQ(answer.outcome, Answer::Outcome::failed);
  EXPECT_EQ(answer.error->kind, ErrorKind::io);
}

}  // namespace
}  // namespace llf::cli
