#pragma once

#include <string_view>

/// How a request says which prompt template it wants.
namespace llf::prompt {

/// The header that has its name, or one of the two words below. No template may be called so.
inline constexpr std::string_view kHeader = "x-llf-prompt";
/// None, whatever the profile has.
inline constexpr std::string_view kNone = "none";
/// The profile's, else what `llf prompt use` chose.
inline constexpr std::string_view kSelected = "selected";

}  // namespace llf::prompt
