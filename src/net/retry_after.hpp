#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace llf::net {

/// How long a field Retry-After asks to wait (RFC 9110 10.2.3, the form in seconds); nothing of any
/// other text. Pure.
[[nodiscard]] std::optional<std::chrono::seconds> parse_retry_after(std::string_view text);

}  // namespace llf::net
