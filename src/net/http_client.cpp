#include "net/http_client.hpp"

#include "net/address.hpp"
#include "net/loop_context.hpp"
#include "net/timer.hpp"
#include "net/upstream_body.hpp"

#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <utility>
#include <vector>

namespace llf::net {
namespace {

Error connect_error(int error) {
  auto result = errno_error("cannot connect", error);
  if (result.kind != ErrorKind::timeout) result.kind = ErrorKind::unavailable;
  return result;
}

/// Connects once. A Unix socket whose backlog is full refuses with EAGAIN; that passes.
Task<Expected<Socket>> connect_once(Address address, MonoTime deadline) {
  auto& context = context_of(co_await boost::asio::this_coro::executor);
  os::UniqueFd fd(::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) co_return failure(errno_error("opening a socket", errno));
  if (address.family() != AF_UNIX) {
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  while (::connect(fd.get(), address.get(), address.size()) != 0) {
    if (errno == EAGAIN && mono_now() < deadline) {
      if (auto slept = co_await sleep_for(limits::kBacklogRetry); !slept)
        co_return failure(slept.error());
    } else if (errno == EINPROGRESS) {
      break;
    } else if (errno != EINTR) {
      co_return failure(connect_error(errno));
    }
  }
  auto socket = Socket::adopt(context, std::move(fd));
  if (!socket || address.family() == AF_UNIX) co_return std::move(socket);

  switch (co_await socket->wait(FdWatch::For::write, deadline)) {
    case Wake::woken:
      break;
    case Wake::cancelled:
      co_return failure(ErrorKind::cancelled, "cancelled");
    case Wake::timed_out:
      co_return failure(ErrorKind::timeout, "cannot connect: no answer");
  }
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket->fd(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) co_return failure(connect_error(error));
  co_return std::move(socket);
}

Expected<std::vector<Address>> addresses_of(const Endpoint& endpoint) {
  std::vector<Address> result;
  if (!endpoint.unix_path.empty()) {
    auto path = Address::of_unix(endpoint.unix_path);
    if (!path) return failure(path.error());
    return std::vector{*path};
  }
  const bool local = equal_ignoring_case(endpoint.host, "localhost");
  for (const auto& host : local ? std::vector<std::string>{"127.0.0.1", "::1"}
                                : std::vector<std::string>{endpoint.host}) {
    auto address = Address::of_ip(host, endpoint.port);
    if (!address) return failure(address.error());
    result.push_back(*address);
  }
  return result;
}

std::string host_field(const Endpoint& endpoint) {
  if (!endpoint.unix_path.empty()) return "localhost";
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", endpoint.host, endpoint.port)
            : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

}  // namespace

Endpoint Endpoint::unix_socket(std::string path) {
  return {.unix_path = std::move(path), .host = {}, .port = 0};
}

Endpoint Endpoint::tcp(std::string host, std::uint16_t port) {
  return {.unix_path = {}, .host = std::move(host), .port = port};
}

std::string to_string(const Endpoint& endpoint) {
  if (!endpoint.unix_path.empty()) return "unix:" + endpoint.unix_path;
  return host_field(endpoint);
}

Task<Expected<Socket>> connect_to(Endpoint endpoint, Duration limit) {
  auto addresses = addresses_of(endpoint);
  if (!addresses) co_return failure(addresses.error());
  co_return co_await connect_to_any(*std::move(addresses), deadline_after(limit));
}

Task<Expected<Socket>> connect_to_any(std::vector<Address> addresses, MonoTime deadline) {
  Expected<Socket> result = failure(ErrorKind::unavailable, "no address");
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    // One that does not answer leaves time for the others.
    const auto now = mono_now();
    const auto left = deadline == MonoTime::max() ? kNoLimit : deadline - now;
    const auto share = left / static_cast<int>(addresses.size() - i);
    result =
        co_await connect_once(addresses[i], deadline == MonoTime::max() ? deadline : now + share);
    if (result || result.error().kind == ErrorKind::cancelled) break;
  }
  co_return std::move(result);
}

Task<Expected<ClientResponse>> request(Endpoint endpoint, ClientRequest request,
                                       Timeouts timeouts) {
  auto socket = co_await connect_to(endpoint, timeouts.connect);
  if (!socket) co_return failure(socket.error().with_context(to_string(endpoint)));
  auto body = std::make_unique<UpstreamBody>(std::move(*socket), timeouts);
  const auto started = co_await body->start(request, host_field(endpoint));
  if (!started) co_return failure(started.error().with_context(to_string(endpoint)));
  co_return ClientResponse(std::move(body));
}

ClientResponse::ClientResponse(std::unique_ptr<UpstreamBody> body) : body_(std::move(body)) {}
ClientResponse::ClientResponse(ClientResponse&& other) noexcept = default;
ClientResponse& ClientResponse::operator=(ClientResponse&& other) noexcept = default;
ClientResponse::~ClientResponse() = default;

int ClientResponse::status() const {
  return body_->head().status;
}

const Headers& ClientResponse::headers() const {
  return body_->head().headers;
}

Task<Expected<void>> ClientResponse::wait_for_body() {
  if (!body_->raw().empty()) co_return Expected<void>();
  const auto filled = co_await body_->fill();
  if (!filled) co_return failure(filled.error());
  co_return Expected<void>();
}

Task<Expected<std::string>> ClientResponse::read_some() {
  while (true) {
    const auto payload = body_->take_payload();
    if (!payload) co_return failure(payload.error());
    if (!payload->empty() || body_->complete()) co_return std::string(*payload);
    if (auto filled = co_await body_->fill(); !filled) co_return failure(filled.error());
  }
}

Task<Expected<std::string>> ClientResponse::read_all(ByteSize limit) {
  std::string result;
  while (true) {
    const auto part = co_await read_some();
    if (!part) co_return failure(part.error());
    if (part->empty()) co_return std::move(result);
    if (result.size() + part->size() > limit.bytes()) {
      co_return failure(ErrorKind::too_large,
                        fmt::format("the answer is longer than {}", to_string(limit)));
    }
    result += *part;
  }
}

}  // namespace llf::net
