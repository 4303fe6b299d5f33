#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"

#include <string_view>

namespace llf::gateway {

/// The JSON object that a request's body must be. Errors: `invalid`. Pure.
[[nodiscard]] Expected<json::Object> object_of(std::string_view body);

}  // namespace llf::gateway
