#pragma once

#include "os/unique_fd.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <utility>

/// Blocking sockets for the tests of net: a peer that can send anything, byte for byte. Every wait
/// ends after a generous time, so that a broken server fails a test instead of hanging it.
namespace llf::net::test {

inline constexpr std::chrono::seconds kSafety(20);

/// The number that `text` begins with; 0 without one.
inline std::size_t leading_number(std::string_view text, int base = 10) {
  std::size_t result = 0;
  std::from_chars(text.data(), text.data() + text.size(), result, base);
  return result;
}

class RawSocket {
 public:
  explicit RawSocket(os::UniqueFd fd) : fd_(std::move(fd)) {
    const timeval limit{.tv_sec = kSafety.count(), .tv_usec = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }

  static RawSocket tcp(std::uint16_t port, int receive_buffer = 0) {
    os::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (receive_buffer != 0) {
      ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return RawSocket(std::move(fd));
  }

  static RawSocket unix_path(const std::string& path) {
    os::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    return RawSocket(std::move(fd));
  }

  /// False when the other end does not take it all.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void end_sending() { ::shutdown(fd_.get(), SHUT_WR); }
  void close() { fd_.reset(); }

  /// Closes with a reset instead of a regular end.
  void reset() {
    const linger none{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &none, sizeof none);
    fd_.reset();
  }

  /// Some bytes; empty at the end or after an error, which `error` then holds (0: a regular end).
  std::string read_some() {
    std::array<char, 65536> buffer{};
    const auto got = ::recv(fd_.get(), buffer.data(), buffer.size(), 0);
    error_ = got < 0 ? errno : 0;
    return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
  }

  /// Everything up to the end.
  std::string read_all() {
    auto result = std::exchange(kept_, {});
    while (true) {
      const auto part = read_some();
      if (part.empty()) return result;
      result += part;
    }
  }

  /// Everything up to and including `mark`, or to the end. What came after it is kept.
  std::string read_until(std::string_view mark) {
    while (true) {
      const auto at = kept_.find(mark);
      if (at != std::string::npos) {
        auto result = kept_.substr(0, at + mark.size());
        kept_.erase(0, at + mark.size());
        return result;
      }
      const auto part = read_some();
      if (part.empty()) return std::exchange(kept_, {});
      kept_ += part;
    }
  }

  /// `size` bytes, or fewer at the end.
  std::string read_exactly(std::size_t size) {
    while (kept_.size() < size) {
      const auto part = read_some();
      if (part.empty()) break;
      kept_ += part;
    }
    auto result = kept_.substr(0, size);
    kept_.erase(0, result.size());
    return result;
  }

  /// True when nothing comes for a short while and the connection is open.
  bool is_silent() const {
    pollfd poll{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&poll, 1, 50) == 0;
  }

  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  os::UniqueFd fd_;
  std::string kept_;
  int error_ = 0;
};

/// Accepts one connection at a time, for a test that plays the server.
class RawListener {
 public:
  RawListener() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(fd_.get(), 16), 0);
    const timeval limit{.tv_sec = kSafety.count(), .tv_usec = 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] RawSocket accept() const {
    return RawSocket(os::UniqueFd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
  }
  void close() { fd_.reset(); }

 private:
  os::UniqueFd fd_;
  std::uint16_t port_ = 0;
};

}  // namespace llf::net::test
