#pragma once

#include "net/headers.hpp"
#include "net/http_message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// The heads that llf sends. Nothing in them can end a line early: control characters in values
/// become spaces, and a field whose name is no token is left out.
namespace llf::net {

/// How the receiver of an answer finds the end of its body.
enum class BodyMode : std::uint8_t { length, chunked, until_close };

struct AnswerHead {
  int status = 200;
  BodyMode mode = BodyMode::length;
  std::optional<std::uint64_t> length;  ///< of mode `length`; none for 204 and 304
  bool keep_alive = true;
};

/// Status line, Date, `headers` without framing fields of theirs, then our framing.
[[nodiscard]] std::string write_answer_head(const AnswerHead& head, const Headers& headers);

/// What becomes of the connection after an answer.
enum class Persistence : std::uint8_t { close, keep };

struct RequestStart {
  std::string_view method;
  std::string_view target;
  std::string_view host;
  Persistence connection = Persistence::close;
};

/// Request line, Host, `headers` without framing fields, then ours.
[[nodiscard]] std::string write_request_head(const RequestStart& start, const Headers& headers,
                                             std::size_t body_size);

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7).
[[nodiscard]] std::string http_date(std::int64_t unix_seconds);

/// "Not Found"; empty for a status that has no name here.
[[nodiscard]] std::string_view reason_phrase(int status);

}  // namespace llf::net
