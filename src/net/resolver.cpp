#include "net/resolver.hpp"

#include "net/timer.hpp"

#include <fmt/format.h>

#include <memory>
#include <netdb.h>
#include <utility>

namespace llf::net {
namespace {

Expected<std::vector<Address>> look_up(const std::string& host, std::uint16_t port) {
  const addrinfo hints{.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV,
                       .ai_family = AF_UNSPEC,
                       .ai_socktype = SOCK_STREAM,
                       .ai_protocol = 0,
                       .ai_addrlen = 0,
                       .ai_addr = nullptr,
                       .ai_canonname = nullptr,
                       .ai_next = nullptr};
  addrinfo* found = nullptr;
  const auto service = fmt::format("{}", port);
  const int failed = ::getaddrinfo(host.c_str(), service.c_str(), &hints, &found);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  if (failed != 0) {
    return failure(ErrorKind::unavailable, fmt::format("the name {} cannot be looked up: {}", host,
                                                       ::gai_strerror(failed)));
  }
  std::vector<Address> addresses;
  for (const auto* one = found; one != nullptr; one = one->ai_next) {
    addresses.push_back(Address::of_system(one->ai_addr, one->ai_addrlen));
  }
  return addresses;
}

}  // namespace

Task<Expected<std::vector<Address>>> Resolver::resolve(std::string host, std::uint16_t port,
                                                       Duration limit) {
  if (const auto address = Address::of_ip(host, port)) co_return std::vector{*address};
  const auto what = fmt::format("looking {} up", host);
  co_return co_await with_deadline(
      thread_.run([host = std::move(host), port] { return look_up(host, port); }), limit, what);
}

}  // namespace llf::net
