#pragma once

#include "base/expected.hpp"

#include <cstdint>
#include <string>
#include <sys/socket.h>

namespace llf::net {

/// A socket address of the kernel: IPv4, IPv6 or a path. A value.
class Address {
 public:
  /// Errors: invalid, when `host` is no numeric address.
  [[nodiscard]] static Expected<Address> of_ip(const std::string& host, std::uint16_t port);

  /// Errors: invalid, when the path is empty or too long for the kernel (107 bytes).
  [[nodiscard]] static Expected<Address> of_unix(const std::string& path);

  /// A copy of what the system gives; `size` is at most that of sockaddr_storage.
  [[nodiscard]] static Address of_system(const sockaddr* address, socklen_t size);

  [[nodiscard]] static Address local_of(int socket);
  [[nodiscard]] static Address peer_of(int socket);

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  [[nodiscard]] socklen_t size() const { return size_; }
  [[nodiscard]] int family() const { return storage_.ss_family; }

  [[nodiscard]] std::string host() const;       ///< "127.0.0.1", "::1"; empty for a path
  [[nodiscard]] std::uint16_t port() const;     ///< 0 for a path
  [[nodiscard]] std::string path() const;       ///< empty for an IP address
  [[nodiscard]] std::string to_string() const;  ///< "127.0.0.1:80", "[::1]:80"

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = 0;
};

/// True when somebody accepts connections on the Unix socket at `path`, or when that cannot be
/// found out. False without such a file. Any thread; does not block.
[[nodiscard]] bool is_served(const std::string& path);

}  // namespace llf::net
