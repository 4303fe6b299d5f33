#include "net/http_client.hpp"

#include "net/raw_socket_test.hpp"
#include "net/run.hpp"
#include "net/server_fixture_test.hpp"
#include "net/timer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace llf::net {
namespace {

using namespace std::chrono_literals;
using test::RawListener;
using test::RawSocket;

struct Answer {
  int status = 0;
  std::string body;
};

Task<Expected<Answer>> ask(Endpoint endpoint, ClientRequest what, Timeouts timeouts) {
  auto response = co_await request(std::move(endpoint), std::move(what), timeouts);
  if (!response) co_return failure(response.error());
  auto body = co_await response->read_all(ByteSize::mib(8));
  if (!body) co_return failure(body.error());
  co_return Answer{.status = response->status(), .body = std::move(*body)};
}

Task<void> mirror(Request& request, Responder& responder) {
  static_cast<void>(co_await responder.send(
      {.status = 200,
       .headers = {},
       .body = fmt::format("{} {} {} {} {}", request.method, request.target, request.host,
                           request.headers.get("a").value_or("-"), request.body.size())}));
}

TEST(HttpClient, talks_to_our_server_over_both_kinds_of_sockets) {
  test::ServerFixture server(mirror);
  Loop loop;
  const ClientRequest what{.method = "POST",
                           .target = "/x?y",
                           .headers = {{"A", "b"}},
                           .body = std::string(300'000, 'z')};
  const auto unix_path = Endpoint::unix_socket(server.unix_path());
  EXPECT_EQ(run_until_done(loop, ask(unix_path, what, {})).value().body,
            "POST /x?y localhost b 300000");
  const auto tcp = Endpoint::tcp("localhost", server.port());
  EXPECT_EQ(run_until_done(loop, ask(tcp, what, {})).value().body,
            fmt::format("POST /x?y localhost:{} b 300000", server.port()));
  EXPECT_EQ(run_until_done(loop, ask(tcp, {.method = "HEAD"}, {})).value().body, "");
}

TEST(HttpClient, an_early_answer_counts_though_the_body_was_not_read) {
  test::ServerFixture server(mirror, {.body_limit = ByteSize(100)});
  Loop loop;
  const ClientRequest what{.method = "POST", .body = std::string(20'000'000, 'z')};
  EXPECT_EQ(
      run_until_done(loop, ask(Endpoint::unix_socket(server.unix_path()), what, {})).value().status,
      413);
}

TEST(HttpClient, says_when_nobody_is_there) {
  Loop loop;
  const auto error_of = [&loop](Endpoint endpoint) {
    return run_until_done(loop, ask(std::move(endpoint), {}, {})).error();
  };
  RawListener listener;
  const auto port = listener.port();
  listener.close();
  EXPECT_EQ(error_of(Endpoint::tcp("127.0.0.1", port)).kind, ErrorKind::unavailable);
  EXPECT_EQ(error_of(Endpoint::tcp("localhost", port)).kind, ErrorKind::unavailable);
  const auto missing = error_of(Endpoint::unix_socket("/nonexistent/s"));
  EXPECT_EQ(missing.kind, ErrorKind::unavailable);
  EXPECT_TRUE(missing.message.starts_with("unix:/nonexistent/s: ")) << missing.message;
  EXPECT_EQ(error_of(Endpoint::tcp("example.org", 80)).kind, ErrorKind::invalid);
  EXPECT_EQ(error_of(Endpoint::unix_socket(std::string(200, 'x'))).kind, ErrorKind::invalid);
}

TEST(HttpClient, every_part_of_a_request_has_a_deadline) {
  Loop loop;
  const RawListener silent;
  const auto endpoint = Endpoint::tcp("127.0.0.1", silent.port());
  const auto no_head = run_until_done(loop, ask(endpoint, {}, {.head = 10ms}));
  EXPECT_EQ(no_head.error().kind, ErrorKind::timeout);
  const ClientRequest large{.method = "POST", .body = std::string(50'000'000, 'z')};
  const auto not_taken = run_until_done(loop, ask(endpoint, large, {.send = 10ms}));
  EXPECT_EQ(not_taken.error().kind, ErrorKind::timeout);

  const RawListener slow;
  std::thread server([&] {
    auto connection = slow.accept();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
    connection.read_all();
  });
  const auto no_rest =
      run_until_done(loop, ask(Endpoint::tcp("127.0.0.1", slow.port()), {}, {.read = 10ms}));
  EXPECT_EQ(no_rest.error().kind, ErrorKind::timeout);
  server.join();
}

TEST(HttpClient, destroying_an_answer_closes_its_connection) {
  const RawListener listener;
  std::string rest = "not closed";
  std::thread server([&] {
    auto connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    rest = connection.read_all();
  });
  Loop loop;
  {
    auto response =
        run_until_done(loop, request(Endpoint::tcp("127.0.0.1", listener.port()), {}, {}));
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status(), 200);
  }
  server.join();
  EXPECT_EQ(rest, "");
}

TEST(HttpClient, cancelling_ends_every_stage) {
  Loop loop;
  const RawListener listener;
  const auto endpoint = Endpoint::tcp("127.0.0.1", listener.port());
  const auto head = run_until_done(loop, with_deadline(ask(endpoint, {}, {}), 5ms, "x"));
  EXPECT_EQ(head.error(), (Error{ErrorKind::timeout, "x: no answer within 5 ms"}));
  const ClientRequest large{.method = "POST", .body = std::string(50'000'000, 'z')};
  const auto body = run_until_done(loop, with_deadline(ask(endpoint, large, {}), 5ms, "x"));
  EXPECT_EQ(body.error().kind, ErrorKind::timeout);
}

TEST(HttpClient, an_answer_past_the_limit_is_too_large) {
  const RawListener listener;
  std::thread server([&] {
    auto connection = listener.accept();
    connection.read_until("\r\n\r\n");
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" +
                    std::string(9'000'000, 'x'));
  });
  Loop loop;
  const auto result =
      run_until_done(loop, ask(Endpoint::tcp("127.0.0.1", listener.port()), {}, {}));
  EXPECT_EQ(result.error().kind, ErrorKind::too_large);
  server.join();
}

TEST(Endpoint, is_written_for_people) {
  EXPECT_EQ(to_string(Endpoint::unix_socket("/a/b")), "unix:/a/b");
  EXPECT_EQ(to_string(Endpoint::tcp("::1", 80)), "[::1]:80");
  EXPECT_EQ(to_string(Endpoint::tcp("127.0.0.1", 80)), "127.0.0.1:80");
}

}  // namespace
}  // namespace llf::net
