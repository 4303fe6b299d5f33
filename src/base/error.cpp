#include "base/error.hpp"

#include "base/assert.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstddef>
#include <system_error>

namespace llf {
namespace {

struct Row {
  ErrorKind kind;
  ErrorFacts facts;
};

constexpr std::array kRows{
    Row{ErrorKind::invalid, {"invalid", 400, "invalid_request_error", 2}},
    Row{ErrorKind::not_found, {"not_found", 404, "invalid_request_error", 1}},
    Row{ErrorKind::conflict, {"conflict", 409, "invalid_request_error", 1}},
    Row{ErrorKind::unauthorized, {"unauthorized", 401, "authentication_error", 1}},
    Row{ErrorKind::forbidden, {"forbidden", 403, "permission_error", 1}},
    Row{ErrorKind::too_large, {"too_large", 413, "invalid_request_error", 1}},
    Row{ErrorKind::unavailable, {"unavailable", 503, "server_error", 1}},
    Row{ErrorKind::rate_limited, {"rate_limited", 429, "rate_limit_error", 1}},
    Row{ErrorKind::timeout, {"timeout", 504, "server_error", 1}},
    Row{ErrorKind::cancelled, {"cancelled", 499, "server_error", 130}},
    Row{ErrorKind::upstream, {"upstream", 502, "server_error", 1}},
    Row{ErrorKind::io, {"io", 500, "server_error", 1}},
    Row{ErrorKind::corrupt, {"corrupt", 500, "server_error", 1}},
    Row{ErrorKind::internal, {"internal", 500, "server_error", 1}},
};

ErrorKind kind_of_errno(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
      return ErrorKind::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorKind::forbidden;
    case EEXIST:
    case EADDRINUSE:
      return ErrorKind::conflict;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      return ErrorKind::unavailable;
    case ETIMEDOUT:
      return ErrorKind::timeout;
    default:
      return ErrorKind::io;
  }
}

}  // namespace

Error Error::with_context(std::string_view context) const {
  return {.kind = kind, .message = fmt::format("{}: {}", context, message)};
}

const ErrorFacts& facts(ErrorKind kind) {
  const auto index = static_cast<std::size_t>(kind);
  LLF_ASSERT(index < kRows.size() && kRows[index].kind == kind);
  return kRows[index].facts;
}

ErrorKind error_kind_from_name(std::string_view name) {
  for (const auto& row : kRows) {
    if (row.facts.name == name) return row.kind;
  }
  return ErrorKind::internal;
}

Error errno_error(std::string_view what, int error_number) {
  return {.kind = kind_of_errno(error_number),
          .message = fmt::format("{}: {}", what, std::generic_category().message(error_number))};
}

}  // namespace llf
