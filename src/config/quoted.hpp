#pragma once

#include <string>
#include <string_view>

namespace llf::config {

/// What an error repeats of a settings file, such as "'x'": "that" when it is longer than
/// limits::kQuotedValue. Pure.
[[nodiscard]] std::string quoted(std::string text);

/// What is said of a relative path that the settings file has. Pure.
[[nodiscard]] std::string not_absolute(std::string_view path);

}  // namespace llf::config
