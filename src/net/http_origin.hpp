#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/cipher.hpp"
#include "net/http_client.hpp"
#include "net/message_writer.hpp"
#include "net/resolver.hpp"
#include "net/task_group.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace llf::net {

class Socket;
class UpstreamBody;

/// An HTTP proxy on the way to a server.
struct Proxy {
  std::string host;
  std::uint16_t port = 0;
  std::string authorization;  ///< value of Proxy-Authorization; empty: none
  friend bool operator==(const Proxy&, const Proxy&) = default;
};

/// How a server elsewhere is reached.
struct OriginOptions {
  std::string host;  ///< a name or an IP address
  std::uint16_t port = 0;
  std::shared_ptr<CipherSource> ciphers;  ///< of its TLS; null: none
  std::optional<Proxy> proxy;
};

/// A server elsewhere, and connections to it that wait for their next request: at most
/// limits::kIdleConnections, each at most limits::kIdleConnection long, none that the server has
/// closed. Loop thread.
class HttpOrigin {
 public:
  /// Both outlive it and its answers; `tasks` must be joined then. Answers may outlive it.
  HttpOrigin(Resolver& resolver, TaskGroup& tasks, OriginOptions options);
  ~HttpOrigin();
  HttpOrigin(const HttpOrigin&) = delete;
  HttpOrigin& operator=(const HttpOrigin&) = delete;

  /// As net::request. A connection that the server has closed in the meantime is replaced, where it
  /// has brought nothing of an answer: the request may be sent twice. Timeouts::connect is for all
  /// until the request can be sent: looking up, proxy and TLS. Errors: as of net::request.
  /// With Persistence::close its connection is not kept for another one.
  [[nodiscard]] Task<Expected<ClientResponse>> request(ClientRequest request, Timeouts timeouts,
                                                       Persistence after = Persistence::keep);

  /// Connections that wait.
  [[nodiscard]] std::size_t idle() const;

 private:
  struct Idle;

  [[nodiscard]] Task<Expected<Socket>> connect(Duration limit);
  [[nodiscard]] Task<Expected<void>> open_tunnel(Socket& socket, MonoTime deadline) const;
  [[nodiscard]] std::unique_ptr<UpstreamBody> body_on(Socket socket, const Timeouts& timeouts,
                                                      Persistence after) const;
  [[nodiscard]] std::string authority() const;   ///< with the port
  [[nodiscard]] std::string host_field() const;  ///< of a request

  [[nodiscard]] static Task<void> watch(std::shared_ptr<Idle> idle);

  Resolver& resolver_;
  TaskGroup& tasks_;
  OriginOptions options_;
  std::shared_ptr<Idle> idle_;  ///< shared with the answers that come
};

}  // namespace llf::net
