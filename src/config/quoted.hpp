#pragma once

#include <string>

namespace llf::config {

/// What an error repeats of a settings file, such as "'x'": "that" when it is longer than
/// limits::kQuotedValue. Pure.
[[nodiscard]] std::string quoted(std::string text);

}  // namespace llf::config
