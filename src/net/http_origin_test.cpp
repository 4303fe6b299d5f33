#include "net/http_origin.hpp"

#include "net/raw_socket_test.hpp"
#include "net/run.hpp"
#include "net/server_fixture_test.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <utility>

namespace llf::net {
namespace {

using test::RawListener;

Task<Expected<std::string>> ask(HttpOrigin& origin, ClientRequest what) {
  auto response = co_await origin.request(std::move(what), {});
  if (!response) co_return failure(response.error());
  co_return co_await response->read_all(ByteSize::mib(1));
}

std::string text_of(const Expected<std::string>& answer) {
  return answer ? *answer : "error: " + answer.error().message;
}

/// Answers "ok" in the way that the path says.
Task<void> answer(Request& request, Responder& responder) {
  if (request.path == "/close") {
    static_cast<void>(co_await responder.send(
        {.status = 200, .headers = {{"Connection", "close"}}, .body = "ok"}));
  } else if (request.path == "/chunks") {
    if (!co_await responder.begin(200, {})) co_return;
    if (!co_await responder.write("ok")) co_return;
    static_cast<void>(co_await responder.end());
  } else {
    static_cast<void>(co_await responder.send({.status = 200, .headers = {}, .body = "ok"}));
  }
}

/// On the loop, as whoever owns a group ends it.
Task<void> end(TaskGroup& tasks) {
  tasks.cancel();
  co_await tasks.join();
}

class HttpOriginTest : public testing::Test {
 protected:
  std::string get(HttpOrigin& origin, std::string target) {
    return text_of(run_until_done(loop_, ask(origin, {.target = std::move(target)})));
  }

  void TearDown() override { static_cast<void>(run_until_done(loop_, end(tasks_))); }

  Loop loop_;
  Resolver resolver_{loop_};
  TaskGroup tasks_{loop_, "origins"};
};

TEST_F(HttpOriginTest, a_connection_serves_one_request_after_the_other) {
  test::ServerFixture server(answer);
  HttpOrigin origin(resolver_, tasks_, {.host = "localhost", .port = server.port()});
  for (const auto* path : {"/", "/chunks", "/"}) {
    EXPECT_EQ(get(origin, path), "ok");
    EXPECT_EQ(origin.idle(), 1);
  }
  EXPECT_EQ(server.on_loop([&] { return server.server().connections(); }), 1);
}

TEST_F(HttpOriginTest, one_that_the_server_closes_is_not_kept) {
  test::ServerFixture server(answer);
  HttpOrigin origin(resolver_, tasks_, {.host = "127.0.0.1", .port = server.port()});
  EXPECT_EQ(get(origin, "/close"), "ok");
  EXPECT_EQ(origin.idle(), 0);
  EXPECT_EQ(get(origin, "/"), "ok");
}

TEST_F(HttpOriginTest, an_answer_that_is_not_read_to_its_end_is_not_followed_by_another) {
  test::ServerFixture server(answer);
  HttpOrigin origin(resolver_, tasks_, {.host = "127.0.0.1", .port = server.port()});
  EXPECT_TRUE(run_until_done(loop_, origin.request({}, {})));
  EXPECT_EQ(origin.idle(), 0);
}

TEST_F(HttpOriginTest, one_that_the_server_closes_while_it_waits_is_let_go) {
  test::ServerFixture server(answer);
  HttpOrigin origin(resolver_, tasks_, {.host = "127.0.0.1", .port = server.port()});
  EXPECT_EQ(get(origin, "/"), "ok");
  EXPECT_EQ(origin.idle(), 1);
  server.stop();
  // The group is empty when there is nothing to look at any more.
  static_cast<void>(run_until_done(loop_, tasks_.join()));
  EXPECT_EQ(origin.idle(), 0);
}

TEST_F(HttpOriginTest, one_that_was_closed_meanwhile_is_replaced) {
  RawListener listener;
  HttpOrigin origin(resolver_, tasks_, {.host = "127.0.0.1", .port = listener.port()});
  std::thread server([&] {
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";
    auto first = listener.accept();
    first.read_until("\r\n\r\n");
    first.send(answer + "a");
    // The next request is taken, and then there is no answer.
    first.read_until("\r\n\r\n");
    first.close();
    auto second = listener.accept();
    second.read_until("\r\n\r\n");
    second.send(answer + "b");
  });
  EXPECT_EQ(get(origin, "/"), "a");
  EXPECT_EQ(get(origin, "/"), "b");
  server.join();
}

TEST_F(HttpOriginTest, a_new_connection_that_breaks_is_an_error) {
  RawListener listener;
  HttpOrigin origin(resolver_, tasks_, {.host = "127.0.0.1", .port = listener.port()});
  std::thread server([&] { listener.accept().read_until("\r\n\r\n"); });
  EXPECT_TRUE(get(origin, "/").contains("closed before the answer came"));
  server.join();
}

TEST_F(HttpOriginTest, a_plain_request_goes_to_the_proxy_with_its_whole_address) {
  RawListener listener;
  HttpOrigin origin(
      resolver_, tasks_,
      {.host = "gpu.example",
       .port = 8000,
       .ciphers = nullptr,
       .proxy =
           Proxy{.host = "127.0.0.1", .port = listener.port(), .authorization = "Basic YTpi"}});
  std::string head;
  std::thread server([&] {
    auto socket = listener.accept();
    head = socket.read_until("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  EXPECT_EQ(get(origin, "/v1/models"), "ok");
  server.join();
  EXPECT_TRUE(
      head.starts_with("GET http://gpu.example:8000/v1/models HTTP/1.1\r\n"
                       "Host: gpu.example:8000\r\n"))
      << head;
  EXPECT_TRUE(head.contains("Proxy-Authorization: Basic YTpi\r\n")) << head;
}

/// Lets bytes through as they are.
class NoCipher final : public Cipher {
 public:
  State shake_hands() override { return State::ok; }
  void take_wire(std::string_view bytes) override { in_ += bytes; }
  Read read(std::span<char> plain) override {
    const auto size = std::min(plain.size(), in_.size());
    std::copy_n(in_.begin(), size, plain.begin());
    in_.erase(0, size);
    return {.state = size == 0 ? State::starved : State::ok, .bytes = size};
  }
  State write(std::string_view plain) override {
    out_ += plain;
    return State::ok;
  }
  void finish() override {}
  std::string& for_wire() override { return out_; }
  [[nodiscard]] Error why() const override { return {}; }

 private:
  std::string in_;
  std::string out_;
};

class NoCiphers final : public CipherSource {
 public:
  Expected<std::unique_ptr<Cipher>> cipher_for(std::string_view) override {
    return std::make_unique<NoCipher>();
  }
};

TEST_F(HttpOriginTest, an_encrypted_one_goes_through_a_tunnel_of_the_proxy) {
  RawListener listener;
  HttpOrigin origin(
      resolver_, tasks_,
      {.host = "gpu.example",
       .port = 443,
       .ciphers = std::make_shared<NoCiphers>(),
       .proxy =
           Proxy{.host = "127.0.0.1", .port = listener.port(), .authorization = "Basic YTpi"}});
  std::string tunnel;
  std::string head;
  std::thread server([&] {
    auto socket = listener.accept();
    tunnel = socket.read_until("\r\n\r\n");
    socket.send("HTTP/1.1 200 Connection established\r\n\r\n");
    head = socket.read_until("\r\n\r\n");
    socket.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  EXPECT_EQ(get(origin, "/v1/models"), "ok");
  server.join();
  EXPECT_TRUE(tunnel.starts_with("CONNECT gpu.example:443 HTTP/1.1\r\n")) << tunnel;
  EXPECT_TRUE(tunnel.contains("Proxy-Authorization: Basic YTpi\r\n")) << tunnel;
  EXPECT_TRUE(head.starts_with("GET /v1/models HTTP/1.1\r\nHost: gpu.example\r\n")) << head;
  EXPECT_FALSE(head.contains("Proxy-Authorization")) << head;
}

TEST_F(HttpOriginTest, a_proxy_that_refuses_is_named) {
  RawListener listener;
  HttpOrigin origin(resolver_, tasks_,
                    {.host = "gpu.example",
                     .port = 443,
                     .ciphers = std::make_shared<NoCiphers>(),
                     .proxy = Proxy{.host = "127.0.0.1", .port = listener.port()}});
  std::thread server([&] {
    auto socket = listener.accept();
    socket.read_until("\r\n\r\n");
    socket.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
  });
  EXPECT_EQ(get(origin, "/"), "error: gpu.example:443: the proxy answered 403");
  server.join();
}

}  // namespace
}  // namespace llf::net
