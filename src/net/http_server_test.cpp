#include "net/http_server.hpp"

#include "net/server_fixture_test.hpp"
#include "net/timer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace llf::net {
namespace {

using namespace std::chrono_literals;
using test::echo;
using test::kGet;
using test::post;
using test::read_answer;
using test::ServerFixture;
using test::text;

TEST(HttpServer, answers_requests_of_one_connection_in_turn) {
  ServerFixture server(echo);
  auto client = server.tcp();
  client.send("GET /one?q=1 HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(read_answer(client), "200 GET /one?q=1 []");
  client.send(post("Content-Length: 5\r\n", "hello"));
  EXPECT_EQ(read_answer(client), "200 POST /? [hello]");
  client.send(
      post("Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: u\r\n\r\n"));
  EXPECT_EQ(read_answer(client), "200 POST /? [abcde]");
  EXPECT_TRUE(client.is_silent());
}

TEST(HttpServer, answers_pipelined_requests_in_order_however_they_are_cut) {
  ServerFixture server(echo);
  const std::string all = "GET /1 HTTP/1.1\r\nHost: x\r\n\r\n" +
                          post("Content-Length: 1\r\n", "2") +
                          post("Transfer-Encoding: chunked\r\n", "1\r\n3\r\n0\r\n\r\n") +
                          "GET /4 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  for (std::size_t cut = 0; cut < all.size(); cut += 7) {
    auto client = server.tcp();
    client.send(all.substr(0, cut));
    client.send(all.substr(cut));
    EXPECT_EQ(read_answer(client), "200 GET /1? []");
    EXPECT_EQ(read_answer(client), "200 POST /? [2]");
    EXPECT_EQ(read_answer(client), "200 POST /? [3]");
    EXPECT_EQ(read_answer(client), "200 GET /4? []");
    EXPECT_EQ(client.read_all(), "");
    EXPECT_EQ(client.error(), 0);
  }
}

Task<void> describe_peer(Request& request, Responder& responder) {
  static_cast<void>(co_await responder.send(text(fmt::format(
      "{} {} {}", request.peer.is_unix, request.peer.uid == ::getuid(), request.peer.address))));
}

TEST(HttpServer, knows_who_is_on_the_other_end) {
  ServerFixture server(describe_peer);
  auto by_unix = server.unix_socket();
  by_unix.send(kGet);
  EXPECT_EQ(read_answer(by_unix), "200 true true ");
  auto by_tcp = server.tcp();
  by_tcp.send(kGet);
  EXPECT_TRUE(read_answer(by_tcp).ends_with(" 127.0.0.1"));
}

TEST(HttpServer, a_handler_may_close_the_connection) {
  ServerFixture server([](Request&, Responder& responder) -> Task<void> {
    static_cast<void>(co_await responder.send(
        {.status = 200, .headers = {{"Connection", "close"}}, .body = "bye"}));
  });
  auto client = server.tcp();
  client.send(kGet + kGet);
  EXPECT_EQ(read_answer(client), "200 bye");
  EXPECT_EQ(client.read_all(), "");
}

Task<void> hold(Event& event, Request&, Responder& responder) {
  const auto waited = co_await event.wait();
  static_cast<void>(co_await responder.send(text(waited ? "done" : "cancelled")));
}

Handler holding(Event& event) {
  return
      [&event](Request& request, Responder& responder) { return hold(event, request, responder); };
}

TEST(HttpServer, drain_closes_idle_connections_and_lets_requests_end) {
  Event event;
  ServerFixture server(holding(event));
  auto idle = server.tcp();
  auto busy = server.tcp();
  busy.send(kGet);
  ASSERT_TRUE(server.eventually([&] { return server.server().active_requests() == 1; }));
  ASSERT_TRUE(server.eventually([&] { return server.server().connections() == 2; }));
  server.loop().post([&] { event.set(); });
  server.stop(1h);
  EXPECT_EQ(read_answer(busy), "200 done");
  EXPECT_EQ(busy.read_all(), "");
  EXPECT_EQ(idle.read_all(), "");
}

TEST(HttpServer, drain_cancels_what_does_not_end_in_time) {
  Event event;
  ServerFixture server(holding(event));
  auto busy = server.tcp();
  busy.send(kGet);
  ASSERT_TRUE(server.eventually([&] { return server.server().active_requests() == 1; }));
  server.stop(1ms);
  EXPECT_EQ(read_answer(busy), "200 cancelled");
}

TEST(HttpServer, connections_past_the_limit_are_told_so) {
  Event event;
  ServerFixture server(holding(event), {.max_connections = 1});
  auto first = server.tcp();
  first.send(kGet);
  ASSERT_TRUE(server.eventually([&] { return server.server().connections() == 1; }));
  auto second = server.tcp();
  EXPECT_TRUE(read_answer(second).starts_with("503 "));
  server.loop().post([&] { event.set(); });
  EXPECT_EQ(read_answer(first), "200 done");
}

}  // namespace
}  // namespace llf::net
