#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kModelImportOptions{
    OptionSpec{.name = "--copy", .short_name = "", .value = ""},
};

/// llf model import FILE|FOLDER: makes it a part of llf's own models.
[[nodiscard]] Expected<int> run_model_import(Context& context, const Arguments& arguments);

}  // namespace llf::cli
