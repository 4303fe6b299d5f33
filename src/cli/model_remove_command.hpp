#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kModelRemoveOptions{
    OptionSpec{.name = "--yes", .short_name = "-y", .value = ""},
    OptionSpec{.name = "--dry-run", .short_name = "-n", .value = ""},
};

/// llf model remove NAME: says what that frees, asks, and removes it.
[[nodiscard]] Expected<int> run_model_remove(Context& context, const Arguments& arguments);

}  // namespace llf::cli
