#pragma once

#include "json/json.hpp"

namespace llf::config {

/// The JSON schema (draft 2020-12) of the settings file, for editors: names, types, ranges, help
/// and defaults of every setting. Beside each stand "x-llf-effect", and "x-llf-flag" and
/// "x-llf-variable" where it has them. Pure.
[[nodiscard]] json::Object settings_schema();

}  // namespace llf::config
