#pragma once

#include "base/error.hpp"
#include "net/headers.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace llf::net {

/// The other end of a connection to us.
struct Peer {
  bool is_unix = false;
  uid_t uid = 0;        ///< of the process that connected; on a Unix socket only
  std::string address;  ///< "127.0.0.1" or "::1"; empty on a Unix socket
};

/// A request whose framing is valid and whose body has been read.
struct Request {
  std::string method;     ///< a token, as sent: "GET"
  std::string target;     ///< as sent
  std::string path;       ///< percent-decoded, without "." and ".." segments; "*" for OPTIONS *
  std::string query;      ///< what follows the first '?', not decoded
  std::string host;       ///< value of the one Host field, "name[:port]"; empty only in HTTP/1.0
  int minor_version = 1;  ///< of HTTP/1.x: 0 or 1
  Headers headers;
  std::string body;
  Peer peer;
  bool keep_alive = true;  ///< the connection stays open after the answer
};

/// A whole answer. Content-Length, Date and Connection are added when it is sent.
struct Response {
  int status = 200;
  Headers headers;
  std::string body;
};

/// Why net itself answers a request: broken framing, a limit, a timeout, no room.
struct Refusal {
  int status = 400;
  ErrorKind kind = ErrorKind::invalid;
  std::string_view code;     ///< a fixed word: "bad_request", "body_too_large"
  std::string_view message;  ///< fixed text in the user's words; never text of the client
};

/// The answer that says so: `{"error":{"message","type","param":null,"code"}}` with `type` of the
/// OpenAI dialect. What a server uses unless it is given another.
[[nodiscard]] Response render_refusal(const Refusal& refusal);

}  // namespace llf::net
