#include "net/http_origin.hpp"

#include "net/timer.hpp"
#include "net/upstream_body.hpp"

#include <fmt/format.h>

#include <deque>
#include <utility>

namespace llf::net {
namespace {

constexpr std::string_view kProxyAuthorization = "Proxy-Authorization";

/// What is left of a time limit.
Duration until(MonoTime deadline) {
  return deadline == MonoTime::max() ? kNoLimit : deadline - mono_now();
}

}  // namespace

struct HttpOrigin::Idle {
  struct One {
    Socket socket;
    MonoTime since;
  };

  void put(Socket socket) {
    if (all.size() == limits::kIdleConnections) all.pop_front();
    all.push_back({.socket = std::move(socket), .since = mono_now()});
  }

  /// The one that was used last, since it is the likeliest to live.
  std::optional<Socket> take() {
    drop_useless();
    if (all.empty()) return std::nullopt;
    std::optional<Socket> socket(std::move(all.back().socket));
    all.pop_back();
    return socket;
  }

  /// Those that are old, are closed, or say something that nobody asked for.
  void drop_useless() {
    const auto oldest = mono_now() - limits::kIdleConnection;
    std::erase_if(all, [oldest](One& one) {
      return one.since < oldest ||
             one.socket.try_read(read_scratch()).state != IoResult::State::blocked;
    });
  }

  std::deque<One> all;
  bool is_watched = false;
};

HttpOrigin::HttpOrigin(Resolver& resolver, TaskGroup& tasks, OriginOptions options)
    : resolver_(resolver),
      tasks_(tasks),
      options_(std::move(options)),
      idle_(std::make_shared<Idle>()) {}

HttpOrigin::~HttpOrigin() = default;

std::size_t HttpOrigin::idle() const {
  return idle_->all.size();
}

std::string HttpOrigin::authority() const {
  const bool v6 = options_.host.contains(':');
  return v6 ? fmt::format("[{}]:{}", options_.host, options_.port)
            : fmt::format("{}:{}", options_.host, options_.port);
}

// Without the usual port, as browsers and curl have it: some servers know themselves only so.
std::string HttpOrigin::host_field() const {
  constexpr std::uint16_t kHttp = 80;
  constexpr std::uint16_t kHttps = 443;
  auto whole = authority();
  const bool usual = options_.port == (options_.ciphers == nullptr ? kHttp : kHttps);
  return usual ? whole.substr(0, whole.rfind(':')) : whole;
}

std::unique_ptr<UpstreamBody> HttpOrigin::body_on(Socket socket, const Timeouts& timeouts,
                                                  Persistence after) const {
  if (after == Persistence::close) {
    return std::make_unique<UpstreamBody>(std::move(socket), timeouts);
  }
  return std::make_unique<UpstreamBody>(
      std::move(socket), timeouts, [idle = std::weak_ptr(idle_), &tasks = tasks_](Socket free) {
        auto all = idle.lock();
        if (!all) return;
        all->put(std::move(free));
        if (!std::exchange(all->is_watched, true)) tasks.spawn(watch(std::move(all)));
      });
}

Task<void> HttpOrigin::watch(std::shared_ptr<Idle> idle) {
  while (!idle->all.empty()) {
    if (!co_await sleep_for(limits::kIdleLook)) idle->all.clear();
    idle->drop_useless();
  }
  idle->is_watched = false;
}

Task<Expected<ClientResponse>> HttpOrigin::request(ClientRequest request, Timeouts timeouts,
                                                   Persistence after) {
  if (options_.proxy && options_.ciphers == nullptr) {
    request.target = fmt::format("http://{}{}", host_field(), request.target);
    if (!options_.proxy->authorization.empty()) {
      request.headers.set(std::string(kProxyAuthorization), options_.proxy->authorization);
    }
  }
  while (auto socket = idle_->take()) {
    auto body = body_on(*std::move(socket), timeouts, after);
    const auto started = co_await body->start(request, host_field());
    if (started) co_return ClientResponse(std::move(body));
    const bool was_closed = started.error().kind == ErrorKind::upstream && body->silent();
    if (!was_closed) co_return failure(started.error().with_context(authority()));
  }
  auto socket = co_await connect(timeouts.connect);
  if (!socket) co_return failure(socket.error().with_context(authority()));
  auto body = body_on(*std::move(socket), timeouts, after);
  const auto started = co_await body->start(request, host_field());
  if (!started) co_return failure(started.error().with_context(authority()));
  co_return ClientResponse(std::move(body));
}

Task<Expected<Socket>> HttpOrigin::connect(Duration limit) {
  const auto deadline = deadline_after(limit);
  const auto& proxy = options_.proxy;
  auto addresses = co_await resolver_.resolve(proxy ? proxy->host : options_.host,
                                              proxy ? proxy->port : options_.port, limit);
  if (!addresses) co_return failure(addresses.error());
  auto socket = co_await connect_to_any(*std::move(addresses), deadline);
  if (!socket) {
    co_return proxy ? failure(socket.error().with_context(
                          fmt::format("the proxy {}:{}", proxy->host, proxy->port)))
                    : std::move(socket);
  }
  if (options_.ciphers == nullptr) co_return std::move(socket);
  if (proxy) {
    if (auto opened = co_await open_tunnel(*socket, deadline); !opened) {
      co_return failure(opened.error());
    }
  }
  auto cipher = options_.ciphers->cipher_for(options_.host);
  if (!cipher) co_return failure(cipher.error());
  auto secured = co_await socket->secure(*std::move(cipher), until(deadline));
  if (!secured) co_return failure(secured.error());
  co_return std::move(socket);
}

// The proxy's answer has no body, so that the socket can be taken back (RFC 9110 9.3.6).
Task<Expected<void>> HttpOrigin::open_tunnel(Socket& socket, MonoTime deadline) const {
  ClientRequest request{.method = "CONNECT", .target = authority(), .headers = {}, .body = {}};
  if (!options_.proxy->authorization.empty()) {
    request.headers.set(std::string(kProxyAuthorization), options_.proxy->authorization);
  }
  const auto left = until(deadline);
  std::optional<Socket> back;
  int status = 0;
  Expected<void> started;
  {
    UpstreamBody tunnel(std::move(socket), {.send = left, .head = left, .read = left},
                        [&back](Socket free) { back.emplace(std::move(free)); });
    started = co_await tunnel.start(request, authority());
    status = tunnel.head().status;
  }
  if (!started) co_return failure(started.error().with_context("the proxy"));
  constexpr int kOk = 200;
  if (status != kOk) {
    co_return failure(ErrorKind::unavailable, fmt::format("the proxy answered {}", status));
  }
  if (!back) co_return failure(ErrorKind::upstream, "the proxy closed the connection");
  socket = *std::move(back);
  co_return Expected<void>();
}

}  // namespace llf::net
