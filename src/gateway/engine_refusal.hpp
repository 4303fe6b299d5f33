#pragma once

#include "gateway/api.hpp"
#include "gateway/api_error.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace llf::gateway {

/// What an engine's error answer says that the client is to blame for, though its status may be
/// 500, which clients take for our fault and try again. In words of ours (SEC-16), with the field
/// where it is known; nothing where it is no such answer. `body` may be anything. Pure.
[[nodiscard]] std::optional<ApiError> engine_refusal(Api api, int status, std::string_view body);

/// The engine's own words in an error answer, or the beginning of one that is none: for the log.
/// Pure.
[[nodiscard]] std::string engine_words(std::string_view body);

}  // namespace llf::gateway
