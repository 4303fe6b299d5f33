#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kConfigImportOptions{
    OptionSpec{.name = "--root", .short_name = "", .value = "DIR"},
    OptionSpec{.name = "--write", .short_name = "", .value = ""},
    OptionSpec{.name = "--replace", .short_name = "", .value = ""},
};

/// llf config import FILE…: says what becomes of the settings and prompts of the Python llf, and
/// with --write takes them over.
[[nodiscard]] Expected<int> run_config_import(Context& context, const Arguments& arguments);

}  // namespace llf::cli
