#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kModelPruneOptions{
    OptionSpec{.name = "--dry-run", .short_name = "-n", .value = ""},
    OptionSpec{.name = "--yes", .short_name = "-y", .value = ""},
};

/// llf model prune: removes files of models that serve nothing.
[[nodiscard]] Expected<int> run_model_prune(Context& context, const Arguments& arguments);

}  // namespace llf::cli
