#pragma once

#include "net/headers.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

/// The head of an HTTP/1 message, read strictly: whatever two parsers could read in two ways is
/// refused (RFC 9112; SEC-10 for requests, SEC-11 for answers). Pure: bytes in, a value out.
namespace llf::net {

/// Why a head is refused. After it the connection is closed, since nobody knows where the next
/// message begins.
struct FramingError {
  int status = 400;          ///< what a server answers; a client treats them all alike
  std::string_view code;     ///< a fixed word
  std::string_view message;  ///< fixed text

  friend bool operator==(const FramingError&, const FramingError&) = default;
};

template <class T>
using Framed = std::expected<T, FramingError>;

/// How the end of a body is found.
enum class BodyKind : std::uint8_t {
  none,         ///< there is none
  length,       ///< Content-Length
  chunked,      ///< Transfer-Encoding: chunked
  until_close,  ///< answers only
};

struct BodyFraming {
  BodyKind kind = BodyKind::none;
  std::uint64_t length = 0;  ///< of kind `length`

  friend bool operator==(const BodyFraming&, const BodyFraming&) = default;
};

/// Finds the end of a head in bytes that come in pieces, and keeps the limits while they come:
/// no line over limits::kRequestLine (first) and no head over limits::kHeaders. Lines end with
/// CR LF, and neither stands alone.
class HeadScanner {
 public:
  enum class Kind : std::uint8_t { request, response };

  explicit HeadScanner(Kind kind) : kind_(kind) {}

  /// Looks at `bytes`, the whole of what has come so far; each byte is looked at once. Returns the
  /// length of the head with its empty line, or 0 when that is still to come.
  [[nodiscard]] Framed<std::size_t> scan(std::string_view bytes);

 private:
  [[nodiscard]] Framed<void> check_limits(std::size_t size) const;

  Kind kind_;
  std::size_t seen_ = 0;
  std::size_t line_start_ = 0;
  std::size_t first_line_ = 0;  ///< length of the first line, once it has ended
  std::size_t lines_ = 0;
};

struct RequestHead {
  std::string method;
  std::string target;  ///< as sent
  std::string path;    ///< decoded, see net::Request
  std::string query;
  std::string host;
  int minor_version = 1;
  Headers headers;
  BodyFraming body;
  bool keep_alive = true;
  bool expect_continue = false;
};

/// Reads a whole request head, from the first byte of the request line to the empty line.
[[nodiscard]] Framed<RequestHead> parse_request_head(std::string_view head);

struct ResponseHead {
  int status = 200;
  int minor_version = 1;
  Headers headers;
  BodyFraming body;
};

/// Reads a whole response head; `request_method` decides whether a body follows (HEAD).
[[nodiscard]] Framed<ResponseHead> parse_response_head(std::string_view head,
                                                       std::string_view request_method);

}  // namespace llf::net
