#pragma once

#include "base/expected.hpp"
#include "config/config.hpp"
#include "config/declarations.hpp"
#include "json/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace llf::config {

/// What a name of the command line stands for: "server.port", "engine.arguments.threads",
/// "profiles", "profiles.coder", "profiles.coder.inference.top_p", "endpoints.office.url".
struct Place {
  std::vector<std::string> path;  ///< through the objects of the settings file
  const Facts* facts =
      nullptr;             ///< of the setting that it is, or is a part of; null for named sections
  bool is_member = false;  ///< it is a part: "engine.arguments.threads"
};

/// Errors: `not_found`, with the nearest names. Pure.
[[nodiscard]] Expected<Place> find_place(std::string_view name);

/// A word as the settings file has it at that place, if it could be right. Errors: `invalid` for a
/// secret, which belongs on no command line, and for an object that is no JSON. Pure.
[[nodiscard]] Expected<json::Value> value_for(const Place& place, std::string_view word);

/// All settings as a settings file could have them, secrets as "***", profiles and endpoints
/// without what they do not say. Pure.
[[nodiscard]] json::Object as_file(const Settings& settings);

/// What as_file has at that place. Errors: `not_found` when it has nothing. Pure.
[[nodiscard]] Expected<json::Value> value_at(const Settings& settings, const Place& place);

}  // namespace llf::config
