#include "daemon/listening.hpp"

#include "os/port_holder.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netinet/in.h>

namespace llf::daemon {
namespace {

constexpr std::uint32_t kLoopbackNet = 127;

bool is_v6(const std::string& host) {
  return host.find(':') != std::string::npos;
}

}  // namespace

Expected<void> check_listen_address(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  const bool v4_parsed = ::inet_pton(AF_INET, host.c_str(), &v4) == 1;
  const bool v6_parsed = !v4_parsed && ::inet_pton(AF_INET6, host.c_str(), &v6) == 1;
  if (!v4_parsed && !v6_parsed) {
    return failure(
        ErrorKind::invalid,
        fmt::format("--host: '{}' is not an IP address; 127.0.0.1 is this machine", host));
  }
  const bool loopback = v4_parsed ? ntohl(v4.s_addr) >> 24U == kLoopbackNet
                                  : static_cast<bool>(IN6_IS_ADDR_LOOPBACK(&v6));
  if (!loopback) {
    return failure(ErrorKind::forbidden,
                   fmt::format("--host {}: other machines could reach it, and this version has no "
                               "API keys to keep strangers out; use 127.0.0.1 or ::1",
                               host));
  }
  return {};
}

Error explain_listen_error(const Error& error, const std::string& host, std::uint16_t port) {
  if (error.kind != ErrorKind::conflict) {
    return error.with_context("listening on " + http_address(host, port));
  }
  const auto holder = os::port_holder(port);
  const auto who = holder ? fmt::format("{} (pid {})", holder->program, holder->pid)
                          : std::string("another program");
  return {.kind = ErrorKind::conflict,
          .message = fmt::format("port {} on {} is taken by {}; choose another with --port, "
                                 "LLF_PORT or the setting server.port",
                                 port, host, who)};
}

std::string http_address(const std::string& host, std::uint16_t port) {
  return is_v6(host) ? fmt::format("http://[{}]:{}", host, port)
                     : fmt::format("http://{}:{}", host, port);
}

}  // namespace llf::daemon
