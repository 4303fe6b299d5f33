#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace llf {

/// The closed set of reasons for which anything in llf can fail. Each kind has one row in the table
/// of error.cpp, which maps it to an HTTP status, to the error type of the OpenAI dialect and to an
/// exit code.
enum class ErrorKind : std::uint8_t {
  invalid,       ///< the caller's input is wrong
  not_found,     ///< the thing named does not exist
  conflict,      ///< the state does not allow it now
  unauthorized,  ///< no credential, or a wrong one
  forbidden,     ///< the credential or the origin does not allow it
  too_large,     ///< past a limit
  unavailable,   ///< cannot be served now; later may work
  rate_limited,  ///< more requests than are allowed; later may work
  timeout,       ///< took longer than allowed
  cancelled,     ///< the caller left or asked to stop: a normal outcome, never logged as a failure
  upstream,      ///< the engine or a remote server misbehaved
  io,            ///< the operating system refused
  corrupt,       ///< data on disk is not what was written
  internal,      ///< a bug of ours
};

/// An error in the user's words: what failed, why, and what to do.
struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;

  /// The same error with `context` in front: "pulling x: disk full". One layer adds it once.
  [[nodiscard]] Error with_context(std::string_view context) const;

  friend bool operator==(const Error&, const Error&) = default;
};

/// What the outside sees of a kind.
struct ErrorFacts {
  std::string_view name;         ///< "not_found": for logs and the control API
  int http_status;               ///< 400 to 504
  std::string_view openai_type;  ///< the `type` of an OpenAI error object
  int exit_code;                 ///< of a command: 1 failed, 2 usage, 130 interrupted
};

/// The row of a kind. Total: every kind has one.
[[nodiscard]] const ErrorFacts& facts(ErrorKind kind);

/// The kind with this `name`, or `internal` when there is none (an answer of a newer daemon).
[[nodiscard]] ErrorKind error_kind_from_name(std::string_view name);

/// An `io` error (or `not_found`, `forbidden`, `conflict`, `timeout`, or `unavailable` for what the
/// machine has run out of, where errno says so) for a failed system
/// call: "opening /x: Permission denied".
[[nodiscard]] Error errno_error(std::string_view what, int error_number);

}  // namespace llf
