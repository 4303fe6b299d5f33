#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace llf::config {

/// Looks up a variable: os::env, or a test's.
using Environment = std::function<std::optional<std::string>(const char*)>;

/// What stands in place of a value: {"env": "NAME"} or {"file": "/PATH"}.
struct Reference {
  enum class Kind : std::uint8_t { variable, file };
  Kind kind;
  std::string name;  ///< or path, absolute
};

/// Whether a value is meant to be a reference. Pure.
[[nodiscard]] bool is_reference(const json::Value& value);

/// Of a value that is meant to be one. Errors: `invalid` for a path that is not absolute and a name
/// that is no text. Pure.
[[nodiscard]] Expected<Reference> read_reference(const json::Value& value);

/// What a reference stands for. Nothing: it is not looked up, and the setting keeps the value that
/// it has without it.
using LookUp = std::function<Expected<std::optional<std::string>>(const Reference&)>;

/// Looks variables up in `environment`, and files: one may only be readable by its owner; the line
/// break at its end does not count. Blocks. Errors: `invalid` for a variable that is not set or a
/// file that is empty; `forbidden` for a file that others can read; those of files.
[[nodiscard]] LookUp look_up_in(Environment environment);

/// The same for files alone: variables are those of another process.
[[nodiscard]] LookUp look_up_files();

/// Looks nothing up.
[[nodiscard]] LookUp look_up_nothing();

}  // namespace llf::config
