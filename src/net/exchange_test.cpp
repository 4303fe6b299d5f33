#include "net/exchange.hpp"

#include "net/server_fixture_test.hpp"
#include "net/timer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace llf::net {
namespace {

using namespace std::chrono_literals;
using test::kGet;
using test::RawSocket;
using test::read_answer;
using test::ServerFixture;

/// How a request's client is watched, and what was seen.
struct Watch {
  bool stream = false;  ///< begin an event stream first
  Event answer;         ///< the test lets the answer go
  bool gone = false;
  int handled = 0;
};

Task<Expected<void>> wait_for(Event& event) {
  co_return co_await event.wait();
}

Task<void> watch_client(Watch& watch, Request&, Responder& responder) {
  if (watch.stream) {
    EXPECT_TRUE(co_await responder.begin(200, {{"Content-Type", "text/event-stream"}}));
    EXPECT_TRUE(co_await responder.write("data: 1\n\n"));
  }
  const auto ended = co_await race(wait_for(watch.answer), responder.closed());
  watch.gone = ended.winner == 1 && ended.second.has_value();
  ++watch.handled;
  if (watch.gone) co_return;
  if (watch.stream) {
    EXPECT_TRUE(co_await responder.write("data: 2\n\n"));
    EXPECT_TRUE(co_await responder.end());
  } else {
    EXPECT_TRUE(co_await responder.send({.status = 200, .headers = {}, .body = "whole"}));
  }
}

class ClientGone : public testing::TestWithParam<std::tuple<bool, bool>> {
 protected:
  ClientGone() { watch_.stream = std::get<1>(GetParam()); }

  RawSocket connect() {
    auto client = std::get<0>(GetParam()) ? server_.unix_socket() : server_.tcp();
    client.send(kGet);
    if (watch_.stream) client.read_until("data: 1\n\n\r\n");
    EXPECT_TRUE(server_.eventually([this] { return server_.server().active_requests() == 1; }));
    return client;
  }
  bool noticed() {
    return server_.eventually([this] { return watch_.handled == 1; }) && watch_.gone;
  }
  bool is_unix() const { return std::get<0>(GetParam()); }

  Watch watch_;
  ServerFixture server_{[this](Request& request, Responder& responder) {
    return watch_client(watch_, request, responder);
  }};
};

TEST_P(ClientGone, a_full_close_is_noticed) {
  auto client = connect();
  client.close();
  EXPECT_TRUE(noticed());
}

TEST_P(ClientGone, a_reset_is_noticed) {
  auto client = connect();
  client.reset();
  EXPECT_TRUE(noticed());
}

TEST_P(ClientGone, a_close_after_a_pipelined_request_is_noticed) {
  auto client = connect();
  client.send(kGet);
  client.close();
  EXPECT_TRUE(noticed());
}

TEST_P(ClientGone, a_client_that_only_ends_sending_gets_its_whole_answer) {
  auto client = connect();
  client.end_sending();
  // Long enough for a probe to be sent and, if it were wrong, answered by a reset.
  ASSERT_TRUE(is_unix() || !client.is_silent());
  server_.loop().post([this] { watch_.answer.set(); });
  const auto rest = client.read_all();
  EXPECT_EQ(client.error(), 0);
  if (watch_.stream) {
    EXPECT_TRUE(rest.ends_with("9\r\ndata: 2\n\n\r\n0\r\n\r\n")) << rest;
    EXPECT_EQ(rest.find(": ping\n\n") != std::string::npos, !is_unix());
  } else {
    EXPECT_TRUE(rest.ends_with("\r\n\r\nwhole")) << rest;
    EXPECT_EQ(rest.starts_with("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 "), !is_unix()) << rest;
  }
  EXPECT_FALSE(watch_.gone);
}

TEST_P(ClientGone, a_half_closed_client_that_leaves_later_is_noticed) {
  auto client = connect();
  client.end_sending();
  if (!is_unix()) client.read_until(watch_.stream ? ": ping\n\n\r\n" : "Processing\r\n\r\n");
  client.close();
  EXPECT_TRUE(noticed());
}

TEST_P(ClientGone, a_client_that_stays_is_not_gone) {
  auto client = connect();
  EXPECT_TRUE(client.is_silent());
  server_.loop().post([this] { watch_.answer.set(); });
  if (watch_.stream) {
    EXPECT_EQ(client.read_until("0\r\n\r\n"), "9\r\ndata: 2\n\n\r\n0\r\n\r\n");
  } else {
    EXPECT_EQ(read_answer(client), "200 whole");
  }
  EXPECT_FALSE(watch_.gone);
}

INSTANTIATE_TEST_SUITE_P(Everywhere, ClientGone, testing::Combine(testing::Bool(), testing::Bool()),
                         [](const auto& info) {
                           return fmt::format("{}_{}", std::get<0>(info.param) ? "unix" : "tcp",
                                              std::get<1>(info.param) ? "stream" : "before_head");
                         });

/// Several tasks wait for the same client.
Task<void> watch_twice(Watch& watch, Request&, Responder& responder) {
  const auto one = co_await race(responder.closed(), sleep_for(1ms));
  EXPECT_EQ(one.winner, 1U);
  ++watch.handled;
  const auto both = co_await race(responder.closed(), race(responder.closed(), sleep_for(1h)));
  watch.gone = both.first.has_value();
  ++watch.handled;
}

TEST(ClientGoneTwice, several_tasks_may_wait_and_one_may_give_up) {
  Watch watch;
  ServerFixture server([&watch](Request& request, Responder& responder) {
    return watch_twice(watch, request, responder);
  });
  auto client = server.tcp();
  client.send(kGet);
  ASSERT_TRUE(server.eventually([&] { return watch.handled == 1; }));
  client.close();
  ASSERT_TRUE(server.eventually([&] { return watch.handled == 2; }));
  EXPECT_TRUE(watch.gone);
}

Task<void> write_half_an_event(Watch& watch, Request&, Responder& responder) {
  EXPECT_TRUE(co_await responder.begin(200, {{"Content-Type", "text/event-stream"}}));
  EXPECT_TRUE(co_await responder.write("data: 1"));
  static_cast<void>(co_await race(wait_for(watch.answer), responder.closed()));
  EXPECT_TRUE(co_await responder.write("23\n\n"));
  EXPECT_TRUE(co_await responder.end());
}

TEST(ClientGoneProbe, no_ping_is_put_inside_an_event) {
  Watch watch;
  ServerFixture server([&watch](Request& request, Responder& responder) {
    return write_half_an_event(watch, request, responder);
  });
  auto client = server.tcp();
  client.send(kGet);
  client.end_sending();
  client.read_until("data: 1\r\n");
  EXPECT_TRUE(client.is_silent());
  server.loop().post([&] { watch.answer.set(); });
  EXPECT_EQ(client.read_all(), "4\r\n23\n\n\r\n0\r\n\r\n");
}

}  // namespace
}  // namespace llf::net
