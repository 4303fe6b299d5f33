#pragma once

#include "base/error.hpp"

#include <expected>
#include <string>
#include <utility>

namespace llf {

/// The only error channel of llf: a value, or an Error.
template <class T>
using Expected = std::expected<T, Error>;

/// What a function returns to fail: `return failure(ErrorKind::invalid, "…");`
[[nodiscard]] inline std::unexpected<Error> failure(ErrorKind kind, std::string message) {
  return std::unexpected(Error{.kind = kind, .message = std::move(message)});
}

/// Passes an error on: `if (!x) return failure(x.error());`
[[nodiscard]] inline std::unexpected<Error> failure(Error error) {
  return std::unexpected(std::move(error));
}

}  // namespace llf
