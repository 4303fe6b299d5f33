#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

namespace llf::cli {

/// llf ls: the models that can be used.
[[nodiscard]] Expected<int> run_list(Context& context, const Arguments& arguments);

}  // namespace llf::cli
