#include "client/api_client.hpp"

#include "client/test_daemon.hpp"

#include <gtest/gtest.h>

namespace llf::client {
namespace {

TestDaemon::Answer streaming(std::vector<std::string> events, StreamEnd end = StreamEnd::regular) {
  return [events = std::move(events), end](net::Request&, net::Responder& responder) {
    return write_events(responder, events, end);
  };
}

std::string chunk(std::string_view text) {
  return "data: {\"choices\":[{\"delta\":{\"content\":\"" + std::string(text) + "\"}}]}\n\n";
}

struct Answer {
  std::string text;
  ChatEnd end;
  std::optional<Error> error;
};

Task<Answer> ask(ApiClient client) {
  Answer out;
  auto stream = co_await client.chat(
      {.model = "llf-nano", .messages = {{"user", "hi"}}, .temperature = {}, .max_tokens = {}});
  if (!stream) {
    out.error = stream.error();
    co_return out;
  }
  while (true) {
    auto delta = co_await stream->next();
    out.end = stream->end();
    if (!delta) out.error = delta.error();
    if (!delta || !*delta) co_return out;
    out.text += (*delta)->content;
  }
}

class ApiClientTest : public ::testing::Test {
 protected:
  [[nodiscard]] ApiClient client() const {
    return ApiClient(net::Endpoint::unix_socket(daemon_.socket()));
  }

  TestDaemon daemon_;
};

TEST_F(ApiClientTest, the_status_is_asked_for) {
  daemon_.answer(200, R"({"version":"0.1.0","protocol":1,"pid":5})");
  const auto status = daemon_.run(client().status());
  ASSERT_TRUE(status);
  EXPECT_EQ(status->pid, 5);
  ASSERT_EQ(daemon_.requests().size(), 1U);
  EXPECT_EQ(daemon_.requests()[0].method, "GET");
  EXPECT_EQ(daemon_.requests()[0].target, "/llf/v1/status");
}

TEST_F(ApiClientTest, an_error_answer_is_that_error) {
  daemon_.answer(404, R"({"error":{"message":"no model 'x'","code":"not_found"}})");
  const auto unloaded = daemon_.run(client().unload("x"));
  ASSERT_FALSE(unloaded);
  EXPECT_EQ(unloaded.error(), (Error{ErrorKind::not_found, "no model 'x'"}));
  EXPECT_EQ(daemon_.requests()[0].body, R"({"model":"x"})");
}

TEST_F(ApiClientTest, an_answer_that_is_no_json_is_an_error) {
  daemon_.answer(200, "<html>");
  const auto workers = daemon_.run(client().workers_of("a b"));
  ASSERT_FALSE(workers);
  EXPECT_EQ(workers.error().kind, ErrorKind::upstream);
  EXPECT_EQ(daemon_.requests()[0].target, "/llf/v1/workers?model=a%20b");
}

TEST_F(ApiClientTest, nobody_there_is_unavailable) {
  const ApiClient nobody(net::Endpoint::unix_socket(daemon_.socket() + "x"));
  const auto status = daemon_.run(nobody.status());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind, ErrorKind::unavailable);
}

TEST_F(ApiClientTest, a_source_of_logs_is_encoded) {
  daemon_.answer(200, R"({"lines":["a"]})");
  const auto lines = daemon_.run(client().logs({.source = "org/m&x", .lines = 3}));
  EXPECT_EQ(lines, std::vector<std::string>{"a"});
  EXPECT_EQ(daemon_.requests()[0].target, "/llf/v1/logs?source=org%2Fm%26x&lines=3");
}

TEST_F(ApiClientTest, a_whole_answer_is_its_deltas) {
  daemon_.answer(streaming({chunk("Hel"), ": ping\n\n", chunk("lo"),
                            "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
                            "data: [DONE]\n\n"}));
  const auto answer = daemon_.run(ask(client()));
  EXPECT_FALSE(answer.error);
  EXPECT_EQ(answer.text, "Hello");
  EXPECT_EQ(answer.end.finish_reason, "stop");
}

TEST_F(ApiClientTest, events_may_be_split_anywhere) {
  const auto whole = chunk("Gr\xC3\xBC\xC3\x9F") + chunk("e") + "data: [DONE]\n\n";
  std::vector<std::string> bytes;
  for (const char c : whole) bytes.emplace_back(1, c);
  daemon_.answer(streaming(bytes));
  const auto answer = daemon_.run(ask(client()));
  EXPECT_FALSE(answer.error);
  EXPECT_EQ(answer.text, "Grüße");
}

TEST_F(ApiClientTest, a_stream_that_ends_without_done_is_an_error) {
  daemon_.answer(streaming({chunk("Hel")}));
  const auto answer = daemon_.run(ask(client()));
  EXPECT_EQ(answer.text, "Hel");
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->kind, ErrorKind::upstream);
}

TEST_F(ApiClientTest, a_stream_that_is_cut_is_an_error) {
  daemon_.answer(streaming({chunk("Hel")}, StreamEnd::cut));
  const auto answer = daemon_.run(ask(client()));
  EXPECT_EQ(answer.text, "Hel");
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->kind, ErrorKind::upstream);
}

TEST_F(ApiClientTest, a_stream_that_ends_inside_an_event_is_an_error) {
  daemon_.answer(streaming({chunk("Hel"), "data: [DONE]"}));
  const auto answer = daemon_.run(ask(client()));
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->kind, ErrorKind::upstream);
}

TEST_F(ApiClientTest, an_error_event_ends_the_answer_with_its_message) {
  daemon_.answer(streaming({chunk("Hel"),
                            "data: {\"error\":{\"message\":\"the engine died\","
                            "\"code\":\"upstream\"}}\n\n"}));
  const auto answer = daemon_.run(ask(client()));
  EXPECT_EQ(answer.text, "Hel");
  EXPECT_EQ(answer.error, (Error{ErrorKind::upstream, "the engine died"}));
}

TEST_F(ApiClientTest, a_refused_chat_is_its_error) {
  daemon_.answer(400, R"({"error":{"message":"too long","code":"invalid"}})");
  const auto answer = daemon_.run(ask(client()));
  EXPECT_EQ(answer.error, (Error{ErrorKind::upstream, "too long"}));
  EXPECT_EQ(daemon_.requests()[0].path, "/v1/chat/completions");
}

Task<std::vector<std::string>> follow(ApiClient client) {
  std::vector<std::string> lines;
  auto stream = co_await client.follow_logs({.source = "daemon", .lines = 1});
  if (!stream) co_return lines;
  while (true) {
    const auto event = co_await stream->next();
    if (!event || !*event) co_return lines;
    if (auto line = read_log_line(**event)) lines.push_back(*line);
  }
}

TEST_F(ApiClientTest, followed_logs_are_lines) {
  daemon_.answer(
      streaming({"data: {\"line\":\"a\"}\n\n", "data: x\n\n", "data: {\"line\":\"b\"}\n\n"}));
  EXPECT_EQ(daemon_.run(follow(client())), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(daemon_.requests()[0].target, "/llf/v1/logs?source=daemon&lines=1&follow=1");
}

}  // namespace
}  // namespace llf::client
