#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"

#include <functional>
#include <optional>
#include <string>

namespace llf::config {

/// Looks up a variable: os::env, or a test's.
using Environment = std::function<std::optional<std::string>(const char*)>;

/// Whether a value stands for another one: {"env": "NAME"} or {"file": "PATH"}. Pure.
[[nodiscard]] bool is_reference(const json::Value& value);

/// What a reference stands for. A file may only be readable by its owner; the line break at its end
/// does not count. Blocks. Errors: `invalid` for a variable that is not set, a path that is not
/// absolute and a name that is no text; `forbidden` for a file that others can read; those of
/// files.
[[nodiscard]] Expected<std::string> look_up(const json::Value& reference,
                                            const Environment& environment);

}  // namespace llf::config
