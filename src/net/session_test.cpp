#include "net/session.hpp"

#include "net/server_fixture_test.hpp"
#include "net/timer.hpp"
#include "net/xor_cipher_test.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
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

const std::string kClosing = "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

ServerOptions secured(Duration handshake_timeout = 1h) {
  return {.cipher_source = std::make_shared<test::XorSource>(),
          .handshake_timeout = handshake_timeout};
}

/// What a server sent through its cipher, a `|` after each frame; `e` is its announced end.
std::string opened(std::string wire) {
  if (!wire.starts_with(test::kHello)) return "in the clear: " + wire;
  wire.erase(0, test::kHello.size());
  std::string result;
  while (auto frame = test::take_frame(wire)) result += *frame + "|";
  return result + wire;
}

std::string greeting(const std::string& request) {
  return std::string(test::kHello) + test::sealed(request);
}

TEST(Session, secured_it_answers_through_the_cipher_and_announces_the_end) {
  ServerFixture server(test::echo, secured());
  auto client = server.tcp();
  client.send(greeting(kGet) + test::sealed(kClosing));
  const auto answers = opened(client.read_all());
  EXPECT_EQ(answers_in(answers), 2U);
  EXPECT_TRUE(answers.ends_with("GET /a? []|e")) << answers;
  EXPECT_EQ(client.error(), 0);
  auto plain = server.unix_socket();
  plain.send(kGet);
  EXPECT_EQ(read_answer(plain), "200 GET /a? []");
}

Task<void> stream(Request&, Responder& responder) {
  static_cast<void>(co_await responder.begin(200, {}));
  for (const auto* part : {"one", "two"}) static_cast<void>(co_await responder.write(part));
  static_cast<void>(co_await responder.end());
}

TEST(Session, secured_each_part_of_a_stream_is_one_frame) {
  ServerFixture server(stream, secured());
  auto client = server.tcp();
  client.send(greeting(kClosing));
  const auto answer = opened(client.read_all());
  EXPECT_TRUE(answer.ends_with("|3\r\none\r\n|3\r\ntwo\r\n|0\r\n\r\n|e")) << answer;
}

TEST(Session, plain_http_to_a_secured_port_is_told_so) {
  std::vector<std::string> seen;
  ServerFixture server(counting(seen), secured());
  for (const auto& request : {kGet, post("Content-Length: 3\r\n", "abc"), std::string("G")}) {
    auto client = server.tcp();
    client.send(request);
    const auto answer = client.read_until("\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_NE(client.read_all().find("use https://"), std::string::npos);
    EXPECT_EQ(client.error(), 0);
  }
  server.stop();
  EXPECT_TRUE(seen.empty());
}

TEST(Session, a_handshake_that_stalls_or_is_none_ends_the_connection) {
  std::vector<std::string> seen;
  ServerFixture server(counting(seen), secured(5ms));
  for (const auto* begun : {"", "h", "hi?"}) {
    auto client = server.tcp();
    client.send(begun);
    const auto got = client.read_all();
    EXPECT_TRUE(got.empty() || got == test::kHello) << got;
  }
  server.stop();
  EXPECT_TRUE(seen.empty());
}

TEST(Session, who_shakes_hands_slowly_holds_up_nobody) {
  ServerFixture server(test::echo, secured());
  auto slow = server.tcp();
  slow.send("h");
  auto silent = server.tcp();
  ASSERT_TRUE(server.eventually([&] { return server.server().connections() == 2; }));
  auto client = server.tcp();
  client.send(greeting(kClosing));
  EXPECT_EQ(answers_in(opened(client.read_all())), 1U);
  server.stop();
  EXPECT_EQ(slow.read_all(), test::kHello);
  EXPECT_EQ(silent.read_all(), "");
}

TEST(Session, a_secured_connection_that_stays_unused_ends_with_a_word) {
  auto options = secured();
  options.keep_alive_timeout = 5ms;
  ServerFixture server(test::echo, std::move(options));
  auto client = server.tcp();
  client.send(greeting(kGet));
  EXPECT_TRUE(opened(client.read_all()).ends_with("GET /a? []|e"));
}

TEST(Session, past_the_limit_nothing_is_said_in_the_clear) {
  auto options = secured();
  options.max_connections = 1;
  ServerFixture server(test::echo, std::move(options));
  auto first = server.tcp();
  ASSERT_TRUE(server.eventually([&] { return server.server().connections() == 1; }));
  auto second = server.tcp();
  EXPECT_EQ(second.read_all(), "");
}

Task<void> until_gone(bool& gone, Request&, Responder& responder) {
  static_cast<void>(co_await responder.begin(200, {}));
  gone = (co_await responder.closed()).has_value();
}

TEST(Session, a_secured_client_is_gone_whose_wire_ends) {
  bool gone = false;
  ServerFixture server(
      [&gone](Request& request, Responder& responder) {
        return until_gone(gone, request, responder);
      },
      secured());
  auto client = server.tcp();
  client.send(greeting(kGet));
  ASSERT_TRUE(server.eventually([&] { return server.server().active_requests() == 1; }));
  client.end_sending();
  EXPECT_TRUE(server.eventually([&] { return gone; }));
}

TEST(Session, a_secured_client_that_only_sends_no_more_gets_its_answer) {
  ServerFixture server(test::echo, secured());
  auto client = server.tcp();
  client.send(greeting(kGet) + test::kEnd);
  EXPECT_TRUE(opened(client.read_all()).ends_with("GET /a? []|e"));
}

}  // namespace
}  // namespace llf::net
