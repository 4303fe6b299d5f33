#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/limits.hpp"
#include "base/task.hpp"
#include "net/cipher.hpp"
#include "net/http_message.hpp"
#include "net/loop.hpp"
#include "os/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::net {

class Exchange;

/// Sends the one answer to a request: either `send`, or `begin`, `write`… and `end`. An answer that
/// was begun and neither ended nor whole when the handler returns is cut (as by `abort`); none at
/// all becomes a 500. Text in header values is made safe: a control character becomes a space.
///
/// Errors of every function: `cancelled`, also when the client is gone (nothing is left to do);
/// `timeout` when it has read nothing for limits::kWriteTimeout. After an error the connection is
/// dropped. Loop thread; one call at a time, except that `closed` may wait beside the others.
class Responder {
 public:
  explicit Responder(Exchange& exchange) : exchange_(exchange) {}
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;

  /// A whole answer, in one system call where the socket has room.
  [[nodiscard]] Task<Expected<void>> send(Response response);

  /// The head of an answer whose body follows. With a Content-Length among `headers` exactly that
  /// many bytes must be written; else the body is chunked, or, for HTTP/1.0, ends with the
  /// connection. The head is sent at once.
  [[nodiscard]] Task<Expected<void>> begin(int status, Headers headers);

  /// The next part of the body: one chunk, one system call, no delay. An empty part sends nothing.
  /// Returns when the socket has taken it all: that is the back-pressure.
  [[nodiscard]] Task<Expected<void>> write(std::string_view part);

  /// The regular end of the body.
  [[nodiscard]] Task<Expected<void>> end();

  /// Drops the connection without the regular end, so that the client sees a cut answer.
  void abort();

  [[nodiscard]] bool started() const;   ///< a byte of the head may have been sent
  [[nodiscard]] bool finished() const;  ///< sent whole, or ended

  /// Returns when the client is really gone: it closed the connection or vanished. One that only
  /// shut its sending side still gets its answer (F38). To tell the two apart on TCP, such a client
  /// is sent an interim `102 Processing` before the head, and `: ping` in an event stream, twice a
  /// second. Any number of waiters. Errors: cancelled (of the waiter).
  [[nodiscard]] Task<Expected<void>> closed();

  /// For the other files of net.
  [[nodiscard]] Exchange& exchange() { return exchange_; }

 private:
  Exchange& exchange_;
};

/// Answers one request. The request lives until it returns, and may be moved from. It is cancelled
/// when the server is drained and time is up.
using Handler = std::function<Task<void>(Request&, Responder&)>;

struct ServerOptions {
  /// Renders the answers that net gives by itself; empty: net::render_refusal.
  std::function<Response(const Refusal&)> render;

  /// Looks at a request before its body is read, `body` being empty; an answer ends it there
  /// (wrong host, no credential): large uploads are refused early. Must not block. May be empty.
  std::function<std::optional<Response>(const Request&)> before_body;

  /// Through whose ciphers TCP clients speak; empty: plain HTTP. Unix sockets are always plain.
  std::shared_ptr<CipherSource> cipher_source;

  ByteSize body_limit = limits::kRequestBody;
  ByteSize bodies_in_flight = limits::kBodiesInFlight;
  Duration handshake_timeout = limits::kTlsHandshake;
  Duration header_timeout = limits::kHeaderTimeout;
  Duration keep_alive_timeout = limits::kKeepAliveTimeout;
  Duration body_grace = limits::kBodyGrace;
  Duration write_timeout = limits::kWriteTimeout;
  Duration linger_time = limits::kLingerTime;

  /// Connections at a time; further ones are answered 503 and closed. 0: what the limit of open
  /// files leaves after limits::kReservedDescriptors.
  std::size_t max_connections = 0;
};

/// An HTTP/1.1 server: keep-alive, pipelining in order, strict framing (net/framing.hpp), limits on
/// everything, no memory held for an idle connection but its bookkeeping. Loop thread. `drain` must
/// have returned when it is destroyed, once `serve` was called.
class HttpServer {
 public:
  explicit HttpServer(Loop& loop, ServerOptions options = {});
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  /// Listens on an IPv4 or IPv6 address (not a name); port 0 takes a free one. Returns the port.
  /// Errors: invalid (the address), conflict (taken), forbidden, io.
  [[nodiscard]] Expected<std::uint16_t> listen_tcp(const std::string& address, std::uint16_t port);

  /// Listens on a Unix socket that appears with `mode`. A socket file that nobody serves any more
  /// is replaced. The file is removed by stop_accepting. Errors: invalid (a path over 107 bytes),
  /// conflict (somebody serves it), forbidden, io.
  [[nodiscard]] Expected<void> listen_unix(const std::string& path, unsigned mode);

  /// Listens on a socket that listens already, of a program that made room for this one. Returns
  /// the port, 0 of a Unix socket. Errors: those of Listener::adopt.
  [[nodiscard]] Expected<std::uint16_t> adopt(os::UniqueFd fd);

  /// Starts to accept, on these listeners and on those added later.
  void serve(Handler handler);

  /// Closes the listeners; requests go on.
  void stop_accepting();

  /// stop_accepting, but that the sockets listen on: who connects waits until another program,
  /// which gets them, accepts. Errors: io, and nothing has changed.
  [[nodiscard]] Expected<std::vector<os::UniqueFd>> hand_over();

  /// Stops accepting, closes idle connections (one that has not asked for anything yet after
  /// limits::kFreshGrace), lets running requests end for at most `limit`, then
  /// cancels their handlers and cuts what is left. Returns when no connection is left.
  [[nodiscard]] Task<void> drain(Duration limit);

  [[nodiscard]] std::size_t connections() const;
  [[nodiscard]] std::size_t active_requests() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace llf::net
