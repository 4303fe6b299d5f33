#pragma once

#include "base/error.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace llf::gateway {

/// An error as a client of the API sees it: OpenAI's error object has these four fields.
struct ApiError {
  Error error;
  std::string param;  ///< the field of the request that is to blame; empty: null
  std::string code;   ///< empty: the name of the error's kind
  std::optional<std::chrono::seconds> retry_after{};  ///< when to try again, where that is known

  /// An error without a field to blame.
  ApiError(Error e) : error(std::move(e)) {}
  ApiError(Error e, std::string_view p, std::string_view c = {})
      : error(std::move(e)), param(p), code(c) {}
};

/// The HTTP status of its answer.
[[nodiscard]] int status_of(const ApiError& error);

/// `{"error":{"message","type","param","code"}}`, one line: the body of an answer.
[[nodiscard]] std::string error_body(const ApiError& error);

/// The same as a server-sent event, for a stream that has begun. It starts with an empty line, so
/// that an event that the engine left unfinished is closed first.
[[nodiscard]] std::string error_event(const ApiError& error);

/// What an answer ends with when the daemon does.
[[nodiscard]] ApiError stopping_error();

/// `error` of looking a model up or loading it: a missing one gets OpenAI's `model_not_found`, with
/// the field to blame; one that failed too often says when it is tried again, and so does the
/// answer's Retry-After.
[[nodiscard]] ApiError model_error(Error error);

/// What the engine's own error answer becomes for the client. A refusal of the client's input (400
/// to 499) keeps the engine's message, cleaned and cut; anything else gets a fixed text, because
/// the engine's words may hold addresses and paths (SEC-16). `body` may be anything.
/// Of a prompt that is too long for the context the numbers are told.
[[nodiscard]] ApiError from_engine(int status, std::string_view body);

}  // namespace llf::gateway
