#include "net/relay.hpp"

#include "net/raw_socket_test.hpp"
#include "net/server_fixture_test.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <random>
#include <string>

namespace llf::net {
namespace {

using namespace std::chrono_literals;
using test::RawListener;
using test::RawSocket;
using test::ServerFixture;

/// What the relaying handler is to do, and what came of it.
struct Plan {
  std::uint16_t upstream = 0;
  RelayOptions options;
  bool keep_length = false;
  std::string seen;
  std::optional<RelayEnd> end;
};

Task<void> relay_once(Plan& plan, Request& request, Responder& responder) {
  auto from = co_await net::request(Endpoint::tcp("127.0.0.1", plan.upstream),
                                    {.method = request.method}, {});
  if (!from) {
    static_cast<void>(co_await responder.send({.status = 502, .headers = {}, .body = {}}));
    co_return;
  }
  auto headers = end_to_end(from->headers());
  if (plan.keep_length) {
    headers.add("Content-Length", std::string(*from->headers().get("content-length")));
  }
  static_cast<void>(co_await responder.begin(from->status(), std::move(headers)));
  plan.options.on_bytes = [&plan](std::string_view bytes) { plan.seen += bytes; };
  auto end = co_await relay(*from, responder, plan.options);
  if (end.outcome == RelayOutcome::upstream_failed) {
    static_cast<void>(co_await responder.write("data: error\n\n"));
    responder.abort();
  }
  plan.end = std::move(end);
}

class Relay : public testing::Test {
 protected:
  Relay() { plan_.upstream = listener_.port(); }

  /// A client that has asked, and the upstream's side of the request.
  std::pair<RawSocket, RawSocket> start(std::string_view version = "1.1") {
    auto client = server_.tcp();
    client.send(fmt::format("GET /a HTTP/{}\r\nHost: x\r\n\r\n", version));
    auto upstream = listener_.accept();
    upstream.read_until("\r\n\r\n");
    return {std::move(client), std::move(upstream)};
  }

  RelayEnd end() {
    EXPECT_TRUE(server_.eventually([this] { return plan_.end.has_value(); }));
    return server_.on_loop([this] { return plan_.end.value_or(RelayEnd{}); });
  }

  const std::string chunked_ =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  Plan plan_;
  RawListener listener_;
  ServerFixture server_{[this](Request& request, Responder& responder) {
    return relay_once(plan_, request, responder);
  }};
};

TEST_F(Relay, chunks_go_through_as_they_are_as_soon_as_they_are_whole) {
  auto [client, upstream] = start();
  upstream.send(chunked_);
  client.read_until("\r\n\r\n");
  upstream.send("009\r\n\xe2\x82");
  EXPECT_TRUE(client.is_silent());
  upstream.send("\xac: abcd\r\n3\r\ndef\r\n");
  EXPECT_EQ(client.read_until("def\r\n"), "009\r\n\xe2\x82\xac: abcd\r\n3\r\ndef\r\n");
  upstream.send("0\r\nTrailer: x\r\n\r\n");
  EXPECT_EQ(client.read_until("0\r\n\r\n"), "0\r\n\r\n");
  EXPECT_EQ(end().outcome, RelayOutcome::complete);
  EXPECT_EQ(end().bytes, 12U);
  EXPECT_EQ(plan_.seen, "\xe2\x82\xac: abcddef");
  // The connection serves the next request.
  client.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  auto next = listener_.accept();
  next.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nz\r\n0\r\n\r\n");
  EXPECT_TRUE(client.read_until("0\r\n\r\n").ends_with("\r\n\r\n1\r\nz\r\n0\r\n\r\n"));
}

TEST_F(Relay, extensions_are_dropped_and_later_chunks_are_whole_again) {
  auto [client, upstream] = start();
  upstream.send(chunked_ + "2\r\nab\r\n3;x=y\r\ncde\r\n004\r\nfghi\r\n0;z\r\n\r\n");
  EXPECT_TRUE(client.read_until("0\r\n\r\n")
                  .ends_with("\r\n\r\n2\r\nab\r\n3\r\ncde\r\n004\r\nfghi\r\n0\r\n\r\n"));
  EXPECT_EQ(end().outcome, RelayOutcome::complete);
  EXPECT_EQ(end().bytes, 9U);
}

/// The payload of a chunked body.
std::string payload_of(std::string_view bytes) {
  std::string result;
  while (true) {
    const auto size = test::leading_number(bytes, 16);
    if (size == 0) return result;
    bytes.remove_prefix(bytes.find("\r\n") + 2);
    result += bytes.substr(0, size);
    bytes.remove_prefix(size + 2);
  }
}

TEST_F(Relay, a_chunk_too_long_to_be_held_goes_on_in_parts) {
  auto [client, upstream] = start();
  std::string payload(1'000'000, ' ');
  std::mt19937 random(7);
  for (auto& c : payload) c = static_cast<char>('a' + random() % 26);
  std::thread sender([&, &to = upstream] {
    to.send(chunked_ +
            fmt::format("{:x}\r\n{}\r\n5\r\nafter\r\n0\r\n\r\n", payload.size(), payload));
  });
  client.read_until("\r\n\r\n");
  const auto body = client.read_until("0\r\n\r\n");
  sender.join();
  EXPECT_TRUE(body.ends_with("5\r\nafter\r\n0\r\n\r\n"));
  EXPECT_EQ(payload_of(body), payload + "after");
  EXPECT_EQ(end().bytes, 1'000'005U);
}

TEST_F(Relay, any_cut_of_the_upstreams_bytes_gives_the_same_body) {
  const std::string bytes = "5\r\ndata:\r\n3;e\r\n x\n\r\n1\r\n\n\r\n2\r\nab\r\n0\r\n\r\n";
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    auto [client, upstream] = start();
    upstream.send(chunked_ + bytes.substr(0, cut));
    client.read_until("\r\n\r\n");
    EXPECT_TRUE(server_.eventually([] { return true; }));
    upstream.send(bytes.substr(cut));
    EXPECT_EQ(payload_of(client.read_until("0\r\n\r\n")), "data: x\n\nab") << cut;
  }
}

TEST_F(Relay, a_1_0_client_gets_the_payload_alone) {
  auto [client, upstream] = start("1.0");
  upstream.send(chunked_ + "2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n");
  client.read_until("\r\n\r\n");
  EXPECT_EQ(client.read_all(), "abcde");
}

TEST_F(Relay, a_declared_length_passes_through) {
  plan_.keep_length = true;
  auto [client, upstream] = start();
  upstream.send("HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhe");
  upstream.send("llo");
  EXPECT_EQ(test::read_answer(client), "201 hello");
  EXPECT_EQ(end().outcome, RelayOutcome::complete);
}

TEST_F(Relay, a_body_until_the_end_becomes_chunks) {
  auto [client, upstream] = start();
  upstream.send("HTTP/1.0 200 OK\r\n\r\nhello");
  upstream.close();
  client.read_until("\r\n\r\n");
  EXPECT_EQ(payload_of(client.read_until("0\r\n\r\n")), "hello");
}

TEST_F(Relay, after_an_upstream_failure_an_error_event_can_be_written) {
  for (const std::string& rest : {"", "5\r\nab", "5", "5\nabcde\r\n"}) {
    plan_.end.reset();
    auto [client, upstream] = start();
    upstream.send(chunked_ + "8\r\ndata: 1\n\r\n" + rest);
    upstream.close();
    client.read_until("\r\n\r\n");
    EXPECT_EQ(client.read_all(), "8\r\ndata: 1\n\r\nd\r\ndata: error\n\n\r\n") << rest;
    EXPECT_EQ(end().outcome, RelayOutcome::upstream_failed);
    EXPECT_EQ(end().error.kind, ErrorKind::upstream);
    EXPECT_EQ(end().bytes, 8U);
  }
}

TEST_F(Relay, a_client_that_leaves_closes_the_upstream) {
  for (const bool reset : {false, true}) {
    plan_.end.reset();
    auto [client, upstream] = start();
    upstream.send(chunked_ + "9\r\ndata: 1\n\n\r\n");
    client.read_until("data: 1\n\n\r\n");
    reset ? client.reset() : client.close();
    EXPECT_EQ(upstream.read_all(), "");
    EXPECT_EQ(end().outcome, RelayOutcome::client_gone);
  }
}

TEST_F(Relay, silence_in_an_event_stream_is_filled_with_pings_between_events) {
  plan_.options.ping_after = 5ms;
  auto [client, upstream] = start();
  upstream.send(chunked_);
  client.read_until("\r\n\r\n");
  EXPECT_EQ(client.read_until(": ping\n\n\r\n"), "8\r\n: ping\n\n\r\n");
  upstream.send("6\r\ndata: \r\n");
  client.read_until("data: \r\n");
  EXPECT_TRUE(client.is_silent());
  upstream.send("3\r\nx\n\n\r\n");
  client.read_until("x\n\n\r\n");
  EXPECT_EQ(client.read_until("\n\n\r\n"), "8\r\n: ping\n\n\r\n");
  upstream.send("0\r\n\r\n");
  client.read_until("0\r\n\r\n");
  EXPECT_EQ(end().outcome, RelayOutcome::complete);
}

TEST_F(Relay, a_slow_client_holds_the_upstream_back) {
  auto [client, upstream] = start();
  upstream.send(chunked_);
  std::uint64_t taken = 0;
  const std::string chunk = "10000\r\n" + std::string(65536, 'x') + "\r\n";
  const timeval limit{.tv_sec = 0, .tv_usec = 300'000};
  ::setsockopt(upstream.fd(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  while (taken < ByteSize::mib(200).bytes() && upstream.send(chunk)) taken += chunk.size();
  EXPECT_LT(taken, ByteSize::mib(32).bytes());  // the kernel's buffers on both sides
  EXPECT_LT(server_.on_loop([this] { return plan_.seen.size(); }), ByteSize::mib(32).bytes());
}

TEST_F(Relay, draining_the_server_cancels_it) {
  auto [client, upstream] = start();
  upstream.send(chunked_ + "9\r\ndata: 1\n\n\r\n");
  client.read_until("data: 1\n\n\r\n");
  server_.stop(1ms);
  ASSERT_TRUE(plan_.end);
  EXPECT_EQ(plan_.end->outcome, RelayOutcome::cancelled);
  EXPECT_EQ(client.read_all(), "");
}

}  // namespace
}  // namespace llf::net
