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
using test::read_answer;
using test::ServerFixture;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

std::string post(std::string_view fields, std::string_view body = {}) {
  return fmt::format("POST / HTTP/1.1\r\nHost: x\r\n{}\r\n{}", fields, body);
}

Response text(std::string body) {
  return {.status = 200, .headers = {{"Content-Type", "text/plain"}}, .body = std::move(body)};
}

Task<void> echo(Request& request, Responder& responder) {
  static_cast<void>(co_await responder.send(text(
      fmt::format("{} {}?{} [{}]", request.method, request.path, request.query, request.body))));
}

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

TEST(HttpServer, head_gets_the_length_and_no_body) {
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

TEST(HttpServer, streams_in_chunks_and_keeps_the_connection) {
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

TEST(HttpServer, a_1_0_client_gets_no_chunks_and_the_connection_ends) {
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

TEST(HttpServer, a_declared_length_is_streamed_without_chunks) {
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

TEST(HttpServer, a_body_of_another_length_than_declared_is_cut) {
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

TEST(HttpServer, an_aborted_answer_never_looks_complete) {
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

TEST(HttpServer, a_handler_that_does_not_answer_is_a_500) {
  ServerFixture server(do_nothing);
  auto client = server.tcp();
  client.send(kGet + kGet);
  EXPECT_TRUE(read_answer(client).starts_with("500 {\"error\":"));
  EXPECT_TRUE(read_answer(client).starts_with("500 {\"error\":"));
}

Task<void> no_content(Request&, Responder& responder) {
  static_cast<void>(co_await responder.send({.status = 204, .headers = {}, .body = {}}));
}

TEST(HttpServer, no_content_has_no_length) {
  ServerFixture server(no_content);
  auto client = server.tcp();
  client.send(kGet + kGet);
  EXPECT_EQ(client.read_until("\r\n\r\n").find("Content-Length"), std::string::npos);
  EXPECT_TRUE(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 204 No Content\r\n"));
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

/// Lowers the limit of open files to a few more than are open now.
class FewFiles {
 public:
  explicit FewFiles(int more) {
    ::getrlimit(RLIMIT_NOFILE, &old_);
    const os::UniqueFd next(::dup(0));
    rlimit low = old_;
    low.rlim_cur = static_cast<rlim_t>(next.get() + more);
    ::setrlimit(RLIMIT_NOFILE, &low);
  }
  FewFiles(const FewFiles&) = delete;
  FewFiles& operator=(const FewFiles&) = delete;
  ~FewFiles() { ::setrlimit(RLIMIT_NOFILE, &old_); }

 private:
  rlimit old_{};
};

TEST(HttpServer, running_out_of_files_neither_ends_nor_breaks_it) {
  ServerFixture server(echo, {.max_connections = 1000});
  auto old = server.tcp();
  old.send(kGet);
  EXPECT_EQ(read_answer(old), "200 GET /a? []");
  {
    std::vector<test::RawSocket> clients;
    const FewFiles limit(13);
    // Both ends of a connection are in this process, so that each client takes two.
    for (int i = 0; i < 8; ++i) {
      os::UniqueFd probe(::dup(0));
      if (!probe) break;
      probe.reset();
      clients.push_back(server.tcp());
    }
    EXPECT_GE(clients.size(), 4U);
    // One of them is told by a close; the stream that was there lives on.
    std::size_t closed = 0;
    for (auto& client : clients) closed += client.is_silent() ? 0 : 1;
    EXPECT_GE(closed, 1U);
    old.send(kGet);
    EXPECT_EQ(read_answer(old), "200 GET /a? []");
  }
  auto later = server.tcp();
  later.send(kGet);
  EXPECT_EQ(read_answer(later), "200 GET /a? []");
}

TEST(HttpServer, listening_says_what_is_wrong) {
  Loop loop;
  HttpServer server(loop);
  const auto port = server.listen_tcp("127.0.0.1", 0);
  ASSERT_TRUE(port);
  EXPECT_NE(*port, 0);
  EXPECT_EQ(HttpServer(loop).listen_tcp("127.0.0.1", *port).error().kind, ErrorKind::conflict);
  EXPECT_EQ(server.listen_tcp("localhost", 0).error().kind, ErrorKind::invalid);
  EXPECT_EQ(server.listen_unix("/tmp/" + std::string(200, 'x'), 0600).error().kind,
            ErrorKind::invalid);
  EXPECT_EQ(server.listen_unix("/nonexistent/x", 0600).error().kind, ErrorKind::not_found);
  EXPECT_TRUE(server.listen_tcp("::1", 0) || true);  // a machine may lack IPv6
}

TEST(HttpServer, a_stale_socket_file_is_replaced_and_a_served_one_is_not) {
  const auto path =
      std::filesystem::temp_directory_path() / fmt::format("llf-net-stale-{}", ::getpid());
  Loop loop;
  {
    HttpServer first(loop);
    ASSERT_TRUE(first.listen_unix(path.string(), 0640));
    EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0640));
    EXPECT_EQ(HttpServer(loop).listen_unix(path.string(), 0600).error().kind, ErrorKind::conflict);
    EXPECT_TRUE(std::filesystem::exists(path));
    first.stop_accepting();
    EXPECT_FALSE(std::filesystem::exists(path));
  }
  // What a killed server leaves behind.
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  {
    const os::UniqueFd stale(::socket(AF_UNIX, SOCK_STREAM, 0));
    ASSERT_EQ(::bind(stale.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ASSERT_TRUE(std::filesystem::exists(path));
  EXPECT_TRUE(HttpServer(loop).listen_unix(path.string(), 0600));
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace llf::net
