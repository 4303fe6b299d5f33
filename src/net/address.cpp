#include "net/address.hpp"

#include "os/unique_fd.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <netinet/in.h>
#include <sys/un.h>

namespace llf::net {

Expected<Address> Address::of_ip(const std::string& host, std::uint16_t port) {
  Address result;
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&result.storage_, &v4, sizeof v4);
    result.size_ = sizeof v4;
  } else if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&result.storage_, &v6, sizeof v6);
    result.size_ = sizeof v6;
  } else {
    return failure(ErrorKind::invalid, fmt::format("\"{}\" is not an IPv4 or IPv6 address", host));
  }
  return result;
}

Expected<Address> Address::of_unix(const std::string& path) {
  sockaddr_un address{};
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return failure(ErrorKind::invalid,
                   fmt::format("\"{}\" cannot be the path of a socket: it must have 1 to {} bytes",
                               path, sizeof address.sun_path - 1));
  }
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  Address result;
  std::memcpy(&result.storage_, &address, sizeof address);
  result.size_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size() + 1);
  return result;
}

Address Address::of_system(const sockaddr* address, socklen_t size) {
  Address result;
  result.size_ = std::min<socklen_t>(size, sizeof result.storage_);
  std::memcpy(&result.storage_, address, result.size_);
  return result;
}

Address Address::local_of(int socket) {
  Address result;
  result.size_ = sizeof result.storage_;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&result.storage_), &result.size_);
  return result;
}

Address Address::peer_of(int socket) {
  Address result;
  result.size_ = sizeof result.storage_;
  ::getpeername(socket, reinterpret_cast<sockaddr*>(&result.storage_), &result.size_);
  return result;
}

std::string Address::host() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* address = nullptr;
  if (family() == AF_INET) {
    address = &reinterpret_cast<const sockaddr_in*>(&storage_)->sin_addr;
  } else if (family() == AF_INET6) {
    address = &reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_addr;
  } else {
    return {};
  }
  ::inet_ntop(family(), address, text.data(), text.size());
  return text.data();
}

std::uint16_t Address::port() const {
  if (family() == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&storage_)->sin_port);
  if (family() == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage_)->sin6_port);
  }
  return 0;
}

std::string Address::path() const {
  if (family() != AF_UNIX || size_ <= offsetof(sockaddr_un, sun_path)) return {};
  return reinterpret_cast<const sockaddr_un*>(&storage_)->sun_path;
}

std::string Address::to_string() const {
  return family() == AF_INET6 ? fmt::format("[{}]:{}", host(), port())
                              : fmt::format("{}:{}", host(), port());
}

bool is_served(const std::string& path) {
  const auto address = Address::of_unix(path);
  if (!address) return false;
  const os::UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!probe) return true;
  // EAGAIN: its queue is full, so it is there.
  return ::connect(probe.get(), address->get(), address->size()) == 0 || errno == EAGAIN;
}

}  // namespace llf::net
