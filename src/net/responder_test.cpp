#include "net/http_server.hpp"
#include "net/server_fixture_test.hpp"

#include <gtest/gtest.h>

#include <string>

namespace llf::net {
namespace {

using test::echo;
using test::kGet;
using test::read_answer;
using test::ServerFixture;
using test::text;

TEST(Responder, head_gets_the_length_and_no_body) {
  ServerFixture server(echo);
  auto client = server.tcp();
  client.send("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n" + kGet);
  EXPECT_NE(client.read_until("\r\n\r\n").find("Content-Length: 11\r\n"), std::string::npos);
  EXPECT_EQ(read_answer(client), "200 GET /a? []");
}

Task<void> stream(Request&, Responder& responder) {
  EXPECT_TRUE(co_await responder.begin(200, {{"Content-Type", "text/plain"}}));
  EXPECT_TRUE(co_await responder.write("abc"));
  EXPECT_TRUE(co_await responder.write(""));
  EXPECT_TRUE(co_await responder.write(std::string(20, 'x')));
  EXPECT_TRUE(co_await responder.end());
}

TEST(Responder, streams_in_chunks_and_keeps_the_connection) {
  ServerFixture server(stream);
  auto client = server.tcp();
  for (int i = 0; i < 2; ++i) {
    client.send(kGet);
    EXPECT_NE(client.read_until("\r\n\r\n").find("Transfer-Encoding: chunked\r\n"),
              std::string::npos);
    EXPECT_EQ(client.read_until("0\r\n\r\n"),
              "3\r\nabc\r\n14\r\nxxxxxxxxxxxxxxxxxxxx\r\n0\r\n\r\n");
  }
}

TEST(Responder, a_1_0_client_gets_no_chunks_and_the_connection_ends) {
  ServerFixture server(stream);
  auto client = server.tcp();
  client.send("GET /a HTTP/1.0\r\n\r\n");
  const auto head = client.read_until("\r\n\r\n");
  EXPECT_EQ(head.find("chunked"), std::string::npos);
  EXPECT_NE(head.find("Connection: close\r\n"), std::string::npos);
  EXPECT_EQ(client.read_all(), "abc" + std::string(20, 'x'));
  EXPECT_EQ(client.error(), 0);
}

Task<void> stream_with_length(Request&, Responder& responder) {
  EXPECT_TRUE(co_await responder.begin(200, {{"Content-Length", "4"}}));
  EXPECT_TRUE(co_await responder.write("ab"));
  EXPECT_TRUE(co_await responder.write("cd"));
  EXPECT_TRUE(co_await responder.end());
}

TEST(Responder, a_declared_length_is_streamed_without_chunks) {
  ServerFixture server(stream_with_length);
  auto client = server.tcp();
  client.send(kGet + kGet);
  EXPECT_EQ(read_answer(client), "200 abcd");
  EXPECT_EQ(read_answer(client), "200 abcd");
}

Task<void> stream_wrong_length(Request& request, Responder& responder) {
  EXPECT_TRUE(co_await responder.begin(200, {{"Content-Length", "4"}}));
  if (request.path == "/long") {
    EXPECT_EQ((co_await responder.write("abcde")).error().kind, ErrorKind::internal);
  } else {
    EXPECT_TRUE(co_await responder.write("ab"));
    EXPECT_EQ((co_await responder.end()).error().kind, ErrorKind::internal);
  }
}

TEST(Responder, a_body_of_another_length_than_declared_is_cut) {
  ServerFixture server(stream_wrong_length);
  auto too_long = server.tcp();
  too_long.send("GET /long HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(read_answer(too_long), "200 ");
  auto too_short = server.tcp();
  too_short.send(kGet);
  EXPECT_EQ(read_answer(too_short), "200 ab");
}

Task<void> begin_and_abort(Request&, Responder& responder) {
  EXPECT_TRUE(co_await responder.begin(200, {}));
  EXPECT_TRUE(co_await responder.write("abc"));
  responder.abort();
  EXPECT_FALSE(co_await responder.write("more"));
  EXPECT_FALSE(co_await responder.end());
}

TEST(Responder, an_aborted_answer_never_looks_complete) {
  ServerFixture server(begin_and_abort);
  auto chunked = server.tcp();
  chunked.send(kGet);
  EXPECT_TRUE(chunked.read_all().ends_with("\r\n\r\n3\r\nabc\r\n"));
  // Without chunks only a reset can say so.
  auto old = server.tcp();
  old.send("GET /a HTTP/1.0\r\n\r\n");
  old.read_all();
  EXPECT_EQ(old.error(), ECONNRESET);
}

Task<void> do_nothing(Request&, Responder&) {
  co_return;
}

TEST(Responder, a_handler_that_does_not_answer_is_a_500) {
  ServerFixture server(do_nothing);
  auto client = server.tcp();
  client.send(kGet + kGet);
  EXPECT_TRUE(read_answer(client).starts_with("500 {\"error\":"));
  EXPECT_TRUE(read_answer(client).starts_with("500 {\"error\":"));
}

Task<void> no_content(Request&, Responder& responder) {
  static_cast<void>(co_await responder.send({.status = 204, .headers = {}, .body = {}}));
}

TEST(Responder, no_content_has_no_length) {
  ServerFixture server(no_content);
  auto client = server.tcp();
  client.send(kGet + kGet);
  EXPECT_EQ(client.read_until("\r\n\r\n").find("Content-Length"), std::string::npos);
  EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 204 No Content\r\n"));
}

}  // namespace
}  // namespace llf::net
