#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

namespace llf::cli {

/// llf stop MODEL: takes a model out of memory. Starts no daemon.
[[nodiscard]] Expected<int> run_stop(Context& context, const Arguments& arguments);

}  // namespace llf::cli
