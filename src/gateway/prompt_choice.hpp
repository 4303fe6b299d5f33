#pragma once

#include "base/expected.hpp"
#include "config/settings.hpp"
#include "prompt/library.hpp"
#include "prompt/variables.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llf::gateway {

/// Where prompt templates and values come from.
struct PromptSources {
  const prompt::Library& library;
  const config::Settings& settings;
  std::string of_profile;  ///< the profile's template; empty: none
  std::string model;       ///< the name that the request gave
};

/// The template of a request, with its variables filled in; nothing when it has none. The header
/// wins over the profile. Reads a small file. Errors: `not_found`, with the nearest names; those of
/// the template's file and variables.
[[nodiscard]] Expected<std::optional<prompt::Template>> choose_prompt(
    const PromptSources& sources, std::optional<std::string_view> header);

/// Variables that every template has, at a time in milliseconds since 1970: date ("2026-11-25"),
/// weekday, time ("17:05"), user, model.
[[nodiscard]] prompt::Values built_in_values(std::string_view model, std::int64_t unix_ms);

}  // namespace llf::gateway
