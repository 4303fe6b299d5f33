#pragma once

#include "config/settings.hpp"
#include "json/json.hpp"

#include <string_view>

namespace llf::config {

/// The values of `own`, and those of `general` where it has none. Pure.
[[nodiscard]] Inference overlay(const Inference& general, const Inference& own);

/// The values that it has, as members of a request for a completion (the API's names are those of
/// the settings). Pure.
[[nodiscard]] json::Object request_members(const Inference& inference);

/// The member of those that a field of a request gives, under its own or another name ("n_predict"
/// is max_tokens); empty for any other field. Pure.
[[nodiscard]] std::string_view request_member(std::string_view field);

}  // namespace llf::config
