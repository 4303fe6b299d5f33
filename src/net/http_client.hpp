#pragma once

#include "base/byte_size.hpp"
#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/limits.hpp"
#include "base/task.hpp"
#include "net/headers.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace llf::net {

class UpstreamBody;

/// Where an HTTP server is.
struct Endpoint {
  std::string unix_path;  ///< a Unix socket; if empty:
  std::string host;  ///< an IPv4 or IPv6 address, or "localhost"; other names are not looked up
  std::uint16_t port = 0;

  [[nodiscard]] static Endpoint unix_socket(std::string path);
  [[nodiscard]] static Endpoint tcp(std::string host, std::uint16_t port);
  friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// For people and logs: "unix:/run/x.sock", "127.0.0.1:8080", "[::1]:8080".
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

/// Host, Connection and Content-Length are added when it is sent.
struct ClientRequest {
  std::string method = "GET";
  std::string target = "/";
  Headers headers;
  std::string body;
};

/// How long each part of a request may take; net::kNoLimit where somebody else watches.
struct Timeouts {
  Duration connect = limits::kConnectTimeout;
  Duration send = limits::kWriteTimeout;     ///< without a byte being taken
  Duration head = limits::kResponseTimeout;  ///< from the request's last byte to the head's last
  Duration read = limits::kResponseTimeout;  ///< between two reads of the body that bring bytes
};

/// An answer whose head has come and whose body is read as it comes. It owns the connection, which
/// is used for this one request; destroying it closes the connection and so cancels the request.
/// The framing is checked as strictly as a request's (SEC-11). Loop thread; one call at a time.
class ClientResponse {
 public:
  explicit ClientResponse(std::unique_ptr<UpstreamBody> body);
  ClientResponse(ClientResponse&& other) noexcept;
  ClientResponse& operator=(ClientResponse&& other) noexcept;
  ~ClientResponse();

  [[nodiscard]] int status() const;
  [[nodiscard]] const Headers& headers() const;

  /// Waits until something of the body has come, and takes none of it. Errors: as read_some; and
  /// upstream when the body is empty.
  [[nodiscard]] Task<Expected<void>> wait_for_body();

  /// The next bytes of the body, without its framing, at most 64 KiB; empty: the body is complete.
  /// Errors: upstream (cut short, broken framing), timeout, cancelled.
  [[nodiscard]] Task<Expected<std::string>> read_some();

  /// The rest of the body. Errors: as read_some; too_large past `limit`.
  [[nodiscard]] Task<Expected<std::string>> read_all(ByteSize limit);

  /// For the other files of net.
  [[nodiscard]] UpstreamBody& body() { return *body_; }

 private:
  std::unique_ptr<UpstreamBody> body_;
};

/// Connects, sends the request and reads the head of the answer; interim answers (1xx) are skipped.
/// An answer that comes before the request was sent whole is taken. Errors: unavailable (nobody
/// listens there), upstream (the connection broke before the head was whole, or its framing is
/// wrong), timeout, cancelled, invalid (an address or path that cannot be).
[[nodiscard]] Task<Expected<ClientResponse>> request(Endpoint endpoint, ClientRequest request,
                                                     Timeouts timeouts = {});

}  // namespace llf::net
