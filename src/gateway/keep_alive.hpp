#pragma once

#include "base/expected.hpp"

#include <chrono>
#include <string_view>

namespace llf::gateway {

/// A request's `keep_alive`, as Ollama has it: seconds ("300", "-1"), or with a unit ("30s", "5m",
/// "1h", "2d"). Zero: the model goes when its last request has ended; negative: it stays. Errors:
/// `invalid`. Pure.
[[nodiscard]] Expected<std::chrono::seconds> parse_keep_alive(std::string_view text);

}  // namespace llf::gateway
