#pragma once

#include "net/http_server.hpp"
#include "net/loop.hpp"
#include "net/run.hpp"
#include "os/test_folder.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace llf::client {

/// For tests: answers on a Unix socket of its own what a test tells it to.
class TestDaemon {
 public:
  using Answer = std::function<Task<void>(net::Request&, net::Responder&)>;

  /// On `socket`, or on one in a folder of its own.
  explicit TestDaemon(std::string socket = {})
      : socket_(socket.empty() ? (folder_ / "s").native() : std::move(socket)), server_(loop_) {
    EXPECT_TRUE(server_.listen_unix(socket_, 0600));
    server_.serve([this](net::Request& request, net::Responder& responder) -> Task<void> {
      return serve(request, responder);
    });
  }

  /// What the next requests get.
  void answer(Answer answer) { answer_ = std::move(answer); }
  void answer(int status, std::string body) {
    answer_ = [status, body = std::move(body)](net::Request&, net::Responder& responder) {
      return send(responder, {.status = status, .headers = {}, .body = body});
    };
  }

  /// Runs `task` on the loop, then ends the server.
  template <class T>
  auto run(Task<T> task) {
    auto result = net::run_until_done(loop_, std::move(task));
    static_cast<void>(net::run_until_done(loop_, server_.drain(std::chrono::seconds(0))));
    return result;
  }

  [[nodiscard]] const std::string& socket() const { return socket_; }
  [[nodiscard]] net::Loop& loop() { return loop_; }
  [[nodiscard]] const std::vector<net::Request>& requests() const { return requests_; }

 private:
  static Task<void> send(net::Responder& responder, net::Response response) {
    EXPECT_TRUE(co_await responder.send(std::move(response)));
  }

  Task<void> serve(net::Request& request, net::Responder& responder) {
    requests_.push_back(request);
    co_await answer_(request, responder);
  }

  os::TestFolder folder_;
  std::string socket_;
  net::Loop loop_;
  net::HttpServer server_;
  Answer answer_;
  std::vector<net::Request> requests_;
};

/// How `write_events` ends an answer.
enum class StreamEnd : std::uint8_t { regular, cut };

/// Writes `events`, one chunk each. A client that leaves early is no failure.
inline Task<void> write_events(net::Responder& responder, std::vector<std::string> events,
                               StreamEnd end) {
  EXPECT_TRUE(co_await responder.begin(200, {{"Content-Type", "text/event-stream"}}));
  for (const auto& event : events) {
    if (!co_await responder.write(event)) co_return;
  }
  if (end == StreamEnd::cut) {
    responder.abort();
  } else {
    static_cast<void>(co_await responder.end());
  }
}

}  // namespace llf::client
