#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"

#include <optional>
#include <string>
#include <vector>

namespace llf::config {

/// Whether these can be further arguments of an engine: flags by name, without dashes, each with
/// true or false, a text, a number, or a list of texts and numbers. Errors: `invalid` for another
/// name or value, and for a flag that llf sets itself, saying which setting to use. Pure.
[[nodiscard]] Expected<void> check_arguments(const json::Object& arguments);

/// One argument of an engine.
struct EngineArgument {
  std::string flag;                  ///< without dashes
  std::optional<std::string> value;  ///< nothing: the flag alone
  friend bool operator==(const EngineArgument&, const EngineArgument&) = default;
};

/// What they come to: true is the flag alone, false leaves it out, a list repeats it. What stands
/// in `first` holds where `second` does not say. Pure.
[[nodiscard]] std::vector<EngineArgument> engine_arguments(const json::Object& first,
                                                           const json::Object& second);

/// Whether all members are texts. Errors: `invalid`. Pure.
[[nodiscard]] Expected<void> check_texts(const json::Object& texts);

}  // namespace llf::config
