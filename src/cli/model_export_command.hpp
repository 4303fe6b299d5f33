#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kModelExportOptions{
    OptionSpec{.name = "--replace", .short_name = "", .value = ""},
};

/// llf model export NAME FILE: a model, its profiles and their templates as one file for a machine
/// that has no network.
[[nodiscard]] Expected<int> run_model_export(Context& context, const Arguments& arguments);

}  // namespace llf::cli
