#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kPsOptions{
    OptionSpec{.name = "--why", .short_name = "", .value = ""},
};

/// llf ps: the models that are loaded, and who waits for one; with --why also what happened to them
/// and why. Starts no daemon.
[[nodiscard]] Expected<int> run_ps(Context& context, const Arguments& arguments);

}  // namespace llf::cli
