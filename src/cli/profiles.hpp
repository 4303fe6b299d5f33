#pragma once

#include "config/place.hpp"
#include "config/settings.hpp"
#include "json/json.hpp"

#include <optional>
#include <string>

namespace llf::cli {

/// The place of a profile in the settings, whatever dots its name has. Pure.
[[nodiscard]] config::Place place_of_profile(const std::string& name);

/// A profile as the settings have it; nothing when there is none. Pure.
[[nodiscard]] std::optional<json::Object> profile_in(const config::Settings& settings,
                                                     const std::string& name);

/// Whether a profile is an alias: it has a model and nothing else. Pure.
[[nodiscard]] bool is_alias(const json::Object& profile);

}  // namespace llf::cli
