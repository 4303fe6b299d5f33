#pragma once

#include "base/expected.hpp"
#include "config/references.hpp"
#include "config/settings.hpp"

#include <string_view>
#include <vector>

namespace llf::config {

/// What a settings file says.
struct ReadSettings {
  Settings settings;
  std::vector<std::string_view> named;  ///< the settings and named sections that it names
};

/// Whether a profile or an endpoint can have that name: 1 to limits::kProfileName bytes of these.
/// Pure.
[[nodiscard]] bool is_profile_name(std::string_view name);
[[nodiscard]] bool may_be_in_profile_name(char c);

/// Reads a settings file on top of `settings`: JSON with comments and trailing commas, an object of
/// sections. A key that begins with "$" or "_" is the user's own. Errors: `invalid` with line and
/// column for what is no JSON, an unknown key (with the nearest known ones), a wrong value; those
/// of references, with the place.
[[nodiscard]] Expected<ReadSettings> read_settings(std::string_view text, Settings settings,
                                                   const LookUp& look_up);

}  // namespace llf::config
