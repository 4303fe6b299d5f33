#include "hub/http.hpp"

#include "hub/test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace llf::hub {
namespace {

using testing::HasSubstr;
using testing::Not;

class HttpTest : public testing::Test {
 protected:
  Expected<HttpAnswer> get(const std::string& url, ByteSize limit = ByteSize::kib(64)) {
    return http_get(connections_, {.url = *Url::parse(url), .fields = {"X-Own: 1"}, .limit = limit},
                    stop_.get_token());
  }

  Connections connections_ = *Connections::create();
  std::stop_source stop_;
};

TEST_F(HttpTest, reads_a_small_answer_and_follows_nothing) {
  std::string asked;
  const TestServer server([&](const std::string& head) {
    asked = head;
    return http_answer(302, "Location: http://127.0.0.1:1/\r\nX-A: first\r\nx-a: last\r\n", "body");
  });
  const auto answer = get(server.url("/path?q=1"));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->head.status, 302);
  EXPECT_EQ(answer->head.field("x-a"), "last");
  EXPECT_EQ(answer->head.field("absent"), std::nullopt);
  EXPECT_EQ(answer->body, "body");
  EXPECT_THAT(asked, HasSubstr("GET /path?q=1 HTTP/1.1\r\n"));
  EXPECT_THAT(asked, HasSubstr("Accept-Encoding: identity\r\n"));
  EXPECT_THAT(asked, HasSubstr("X-Own: 1\r\n"));
  EXPECT_THAT(asked, Not(HasSubstr("Authorization")));
}

TEST_F(HttpTest, an_answer_has_its_limit) {
  const TestServer server(
      [](const std::string&) { return http_answer(200, "", std::string(5000, 'x')); });
  EXPECT_TRUE(get(server.url("/"), ByteSize(5000)));
  EXPECT_EQ(get(server.url("/"), ByteSize(4999)).error().kind, ErrorKind::too_large);
}

TEST_F(HttpTest, a_head_without_end_is_refused) {
  const TestServer server([](const std::string&) {
    std::string fields;
    for (int i = 0; i < 3000; ++i) fields += fmt::format("X-{}: {}\r\n", i, std::string(30, 'y'));
    return http_answer(200, fields, "");
  });
  const auto answer = get(server.url("/"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::upstream);
}

TEST_F(HttpTest, a_cut_answer_and_a_closed_port_are_told) {
  const TestServer server([](const std::string&) {
    return std::string("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort");
  });
  EXPECT_EQ(get(server.url("/")).error().kind, ErrorKind::unavailable);
  const auto closed = get("http://127.0.0.1:1/");
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(closed.error().message, HasSubstr("http://127.0.0.1:1/: "));
}

TEST_F(HttpTest, is_stopped) {
  stop_.request_stop();
  const TestServer server([](const std::string&) { return http_answer(200, "", ""); });
  const auto answer = get(server.url("/"));
  EXPECT_TRUE(answer || answer.error().kind == ErrorKind::cancelled);
}

TEST_F(HttpTest, a_reader_may_stop_at_the_head_or_in_the_body) {
  const TestServer server([](const std::string&) { return http_answer(200, "", "body"); });
  for (const bool at_head : {true, false}) {
    const auto id = connections_.start(
        {.url = *Url::parse(server.url("/")),
         .on_head = [&](const HttpHead&) { return at_head ? Verdict::stop : Verdict::go_on; },
         .on_body = [](std::span<const char>) { return Verdict::stop; }});
    std::vector<HttpResult> results;
    while (results.empty()) results = connections_.wait(std::chrono::seconds(1));
    EXPECT_EQ(results.front().id, id);
    EXPECT_EQ(results.front().end, HttpEnd::stopped);
  }
  EXPECT_EQ(connections_.running(), 0U);
}

}  // namespace
}  // namespace llf::hub
