#pragma once

#include "net/event.hpp"
#include "net/http_server.hpp"
#include "net/loop.hpp"
#include "net/raw_socket_test.hpp"
#include "net/task_group.hpp"

#include <fmt/format.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <unistd.h>
#include <utility>
#include <vector>

namespace llf::net::test {

/// An HttpServer on a loop thread of its own, on a TCP port and a Unix socket.
class ServerFixture {
 public:
  explicit ServerFixture(Handler handler, ServerOptions options = {})
      : folder_(std::filesystem::temp_directory_path() /
                ("llf-net-" + std::to_string(::getpid()) + "-" + std::to_string(++count_))),
        server_(std::make_unique<HttpServer>(loop_, std::move(options))),
        tasks_(loop_, "fixture") {
    std::filesystem::create_directories(folder_);
    port_ = server_->listen_tcp("127.0.0.1", 0).value();
    EXPECT_TRUE(server_->listen_unix(unix_path(), 0600));
    server_->serve(std::move(handler));
    tasks_.spawn(live(*server_, stop_, drain_limit_));
    thread_ = std::thread([this] { loop_.run(); });
  }
  ServerFixture(const ServerFixture&) = delete;
  ServerFixture& operator=(const ServerFixture&) = delete;

  ~ServerFixture() {
    stop();
    std::filesystem::remove_all(folder_);
  }

  /// Drains the server and ends the loop thread.
  void stop(Duration limit = Duration::zero()) {
    if (!thread_.joinable()) return;
    loop_.post([this, limit] {
      drain_limit_ = limit;
      stop_.set();
    });
    thread_.join();
  }

  /// Runs `work` on the loop thread and returns what it returns.
  template <class Work>
  auto on_loop(Work work) {
    std::packaged_task<std::invoke_result_t<Work>()> task(std::move(work));
    auto result = task.get_future();
    loop_.post([&task] { task(); });
    return result.get();
  }

  /// Waits until `done`, asked on the loop thread, holds; false when it takes too long.
  template <class Done>
  bool eventually(Done done) {
    const auto limit = std::chrono::steady_clock::now() + kSafety;
    while (!on_loop(done)) {
      if (std::chrono::steady_clock::now() > limit) return false;
      std::this_thread::yield();
    }
    return true;
  }

  [[nodiscard]] RawSocket tcp() const { return RawSocket::tcp(port_); }
  [[nodiscard]] RawSocket unix_socket() const { return RawSocket::unix_path(unix_path()); }
  [[nodiscard]] std::string unix_path() const { return (folder_ / "s").string(); }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] HttpServer& server() { return *server_; }
  [[nodiscard]] Loop& loop() { return loop_; }

 private:
  static Task<void> live(HttpServer& server, Event& stop, Duration& limit) {
    static_cast<void>(co_await stop.wait());
    co_await server.drain(limit);
  }

  inline static std::atomic<int> count_ = 0;
  std::filesystem::path folder_;
  Loop loop_;
  Event stop_;
  Duration drain_limit_{};
  std::unique_ptr<HttpServer> server_;
  TaskGroup tasks_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

/// "200 hello": the status and the body of one whole answer with Content-Length.
inline std::string read_answer(RawSocket& socket) {
  const auto head = socket.read_until("\r\n\r\n");
  if (head.size() < 12) return head;
  std::string result = head.substr(9, 3) + " ";
  const auto at = head.find("Content-Length: ");
  if (at == std::string::npos) return result;
  const auto size = leading_number(head.substr(at + 16));
  return result + socket.read_exactly(size);
}

inline const std::string kGet = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n";

inline std::string post(std::string_view fields, std::string_view body = {}) {
  return fmt::format("POST / HTTP/1.1\r\nHost: x\r\n{}\r\n{}", fields, body);
}

inline Response text(std::string body) {
  return {.status = 200, .headers = {{"Content-Type", "text/plain"}}, .body = std::move(body)};
}

/// Answers with what was asked.
inline Task<void> echo(Request& request, Responder& responder) {
  static_cast<void>(co_await responder.send(text(
      fmt::format("{} {}?{} [{}]", request.method, request.path, request.query, request.body))));
}

/// Notes the request.
inline Task<void> count(std::vector<std::string>& seen, Request& request, Responder& responder) {
  seen.push_back(fmt::format("{} {} {}", request.method, request.path, request.body.size()));
  static_cast<void>(co_await responder.send({.status = 200, .headers = {}, .body = "ok"}));
}

/// Notes the requests that reach it.
inline Handler counting(std::vector<std::string>& seen) {
  return
      [&seen](Request& request, Responder& responder) { return count(seen, request, responder); };
}

}  // namespace llf::net::test
