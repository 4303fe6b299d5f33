#pragma once

#include "config/declarations.hpp"
#include "config/settings.hpp"
#include "json/json.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace llf::config {

/// One setting that has another value.
struct Change {
  std::string name;  ///< "server.port", "profiles.coder.prompt", "profiles.coder" of a new one
  json::Value from;  ///< null: it is new; secrets are never here: "***"
  json::Value to;    ///< null: it is gone
  Effect effect = Effect::at_once;
};

/// What differs between two settings, in the order of the declarations. Pure.
[[nodiscard]] std::vector<Change> difference(const Settings& from, const Settings& to);

/// "at_once", "workers", "restart": as the control API writes it.
[[nodiscard]] std::string_view to_string(Effect effect);

/// {"name","from","to","effect"}. Pure.
[[nodiscard]] json::Object as_json(const Change& change);

}  // namespace llf::config
