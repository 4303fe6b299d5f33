#pragma once

#include "base/assert.hpp"
#include "os/unique_fd.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <functional>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace llf::hub {

/// For tests: a server on a free port of the loopback address that answers each connection's
/// first request as it is told, and closes it.
class TestServer {
 public:
  /// Makes the whole answer, head included, of a request's head.
  using Answer = std::function<std::string(const std::string& head)>;

  explicit TestServer(Answer answer) : answer_(std::move(answer)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    LLF_ASSERT(::bind(listener_.get(), generic, length) == 0);
    LLF_ASSERT(::listen(listener_.get(), 16) == 0);
    LLF_ASSERT(::getsockname(listener_.get(), generic, &length) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;
  ~TestServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
  }

  [[nodiscard]] std::string url(std::string_view path) const {
    return fmt::format("http://127.0.0.1:{}{}", port_, path);
  }

 private:
  void serve() {
    for (;;) {
      const os::UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      if (!client) return;
      std::string head;
      while (!head.contains("\r\n\r\n")) {
        char bytes[4096];
        const auto got = ::recv(client.get(), bytes, sizeof(bytes), 0);
        if (got <= 0) break;
        head.append(bytes, static_cast<std::size_t>(got));
      }
      const auto answer = answer_(head);
      static_cast<void>(::send(client.get(), answer.data(), answer.size(), MSG_NOSIGNAL));
    }
  }

  Answer answer_;
  os::UniqueFd listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port_ = 0;
  std::thread thread_;
};

/// A whole answer of HTTP/1.1.
inline std::string http_answer(int status, std::string_view fields, std::string_view body) {
  return fmt::format("HTTP/1.1 {} X\r\nConnection: close\r\nContent-Length: {}\r\n{}\r\n{}", status,
                     body.size(), fields, body);
}

}  // namespace llf::hub
