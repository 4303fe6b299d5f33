#pragma once

#include "config/settings.hpp"
#include "json/json.hpp"

namespace llf::config {

/// The values of `own`, and those of `general` where it has none. Pure.
[[nodiscard]] Inference overlay(const Inference& general, const Inference& own);

/// The values that it has, as members of a request for a completion (the API's names are those of
/// the settings). Pure.
[[nodiscard]] json::Object request_members(const Inference& inference);

}  // namespace llf::config
