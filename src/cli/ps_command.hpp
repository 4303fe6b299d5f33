#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

namespace llf::cli {

/// llf ps: the models that are loaded. Starts no daemon.
[[nodiscard]] Expected<int> run_ps(Context& context, const Arguments& arguments);

}  // namespace llf::cli
