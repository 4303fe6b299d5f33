#include "net/session.hpp"

#include "net/server_fixture_test.hpp"
#include "net/timer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace llf::net {
namespace {

using namespace std::chrono_literals;
using test::counting;
using test::kGet;
using test::post;
using test::read_answer;
using test::ServerFixture;

/// Status lines; the text of an error may name the protocol, too.
std::size_t answers_in(std::string_view bytes) {
  constexpr std::string_view kStart = "HTTP/1.1 ";
  std::size_t result = 0;
  for (auto at = bytes.find(kStart); at != std::string_view::npos;
       at = bytes.find(kStart, at + 1)) {
    const auto next = bytes.substr(at + kStart.size(), 1);
    result += next >= "0" && next <= "9" ? 1 : 0;
  }
  return result;
}

TEST(Session, a_broken_request_gets_one_answer_and_what_follows_is_no_request) {
  std::vector<std::string> seen;
  ServerFixture server(counting(seen));
  const std::string smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::vector<std::pair<std::string, int>> cases{
      {post("Transfer-Encoding: gzip\r\n"), 501},
      {post("Transfer-Encoding: xchunked\r\n"), 501},
      {post("Transfer-Encoding: chunked, identity\r\n"), 501},
      {post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n"), 400},
      {post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 400},
      {"POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {post("Content-Length: 13, 13\r\n"), 400},
      {post("Content-Length: +13\r\n"), 400},
      {post("Content-Length: 18446744073709551616\r\n"), 400},
      {post("Content-Length : 3\r\n"), 400},
      {post("X: a\r\n folded\r\n"), 400},
      {post("Host: y\r\n"), 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET / HTTP/1.1\nHost: x\n\n", 400},
      {post("Transfer-Encoding: chunked\r\n", "5\nhello\r\n0\r\n\r\n"), 400},
      {post("Transfer-Encoding: chunked\r\n", "5;a\nhello\r\n0\r\n\r\n"), 400},
      {post("Transfer-Encoding: chunked\r\n", "5\r\nhelloXX0\r\n\r\n"), 400},
      {post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFF\r\n"), 400},
      {post("Transfer-Encoding: chunked\r\n", "-1\r\n"), 400},
      {post("Transfer-Encoding: chunked\r\n", "1;" + std::string(100'000, 'a') + "\r\n"), 400},
      {"CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n", 405},
      {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", 505},
      {post("Content-Length: 3\r\nExpect: nothing\r\n"), 417},
      {"GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n", 414},
      {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(70'000, 'a') + "\r\n\r\n", 431},
      {std::string("\x16\x03\x01\x02\x00\x01\x00", 7), 400},
  };
  for (const auto& [bytes, status] : cases) {
    auto client = server.tcp();
    client.send(bytes + smuggled);
    const auto answer = client.read_all();
    EXPECT_EQ(answers_in(answer), 1U) << bytes.substr(0, 200);
    EXPECT_TRUE(answer.starts_with(fmt::format("HTTP/1.1 {} ", status)))
        << bytes.substr(0, 200) << "\n"
        << answer;
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
    EXPECT_NE(answer.find("{\"error\":{\"message\":\""), std::string::npos);
  }
  server.stop();
  EXPECT_TRUE(seen.empty()) << seen.front();
}

TEST(Session, expect_100_continue_is_answered_before_the_body) {
  std::vector<std::string> seen;
  ServerFixture server(counting(seen), {.body_limit = ByteSize(100)});
  auto client = server.tcp();
  client.send(post("Content-Length: 5\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hello");
  EXPECT_EQ(read_answer(client), "200 ok");
  auto large = server.tcp();
  large.send(post("Content-Length: 101\r\nExpect: 100-continue\r\n"));
  EXPECT_TRUE(read_answer(large).starts_with("413 "));
}

std::optional<Response> only_from_x(const Request& request) {
  EXPECT_TRUE(request.body.empty());
  if (request.host == "x") return std::nullopt;
  return Response{.status = 421, .headers = {}, .body = "not here"};
}

TEST(Session, a_request_can_be_refused_before_its_body_is_read) {
  std::vector<std::string> seen;
  ServerFixture server(counting(seen), {.before_body = only_from_x});
  auto client = server.tcp();
  client.send(
      "POST / HTTP/1.1\r\nHost: evil\r\nContent-Length: 9\r\n"
      "Expect: 100-continue\r\n\r\n");
  EXPECT_EQ(read_answer(client), "421 not here");
  EXPECT_EQ(client.read_all(), "");
  // Without a body the connection can go on.
  auto other = server.tcp();
  other.send("GET / HTTP/1.1\r\nHost: evil\r\n\r\n" + kGet);
  EXPECT_EQ(read_answer(other), "421 not here");
  EXPECT_EQ(read_answer(other), "200 ok");
}

TEST(Session, refusals_are_rendered_as_the_gateway_wants) {
  std::vector<std::string> seen;
  ServerFixture server(
      counting(seen), {.render = [](const Refusal& refusal) {
        return Response{.status = refusal.status, .headers = {}, .body = std::string(refusal.code)};
      }});
  auto client = server.tcp();
  client.send(post("Transfer-Encoding: gzip\r\n"));
  EXPECT_EQ(read_answer(client), "501 unsupported_transfer_encoding");
}

/// What became of a stream without end.
struct Flood {
  std::uint64_t written = 0;
  std::optional<Error> error;
};

Task<void> flood(Flood& result, Request&, Responder& responder) {
  auto sent = co_await responder.begin(200, {});
  const std::string part(65536, 'x');
  while (sent) {
    sent = co_await responder.write(part);
    if (sent) result.written += part.size();
  }
  result.error = sent.error();
}

TEST(Session, a_client_that_never_reads_holds_little_and_is_dropped) {
  Flood result;
  ServerFixture server(
      [&result](Request& request, Responder& responder) {
        return flood(result, request, responder);
      },
      {.write_timeout = 50ms});
  auto client = test::RawSocket::tcp(server.port(), 4096);
  client.send(kGet);
  EXPECT_TRUE(server.eventually([&] { return result.error.has_value(); }));
  server.stop();
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->kind, ErrorKind::timeout);
  EXPECT_LT(result.written, ByteSize::mib(16).bytes());  // the kernel's buffers
  client.read_all();
  EXPECT_EQ(client.error(), ECONNRESET);
}

}  // namespace
}  // namespace llf::net
