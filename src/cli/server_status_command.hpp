#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

namespace llf::cli {

/// llf server status: exit code 0 when the daemon runs, 1 when not. Starts none.
[[nodiscard]] Expected<int> run_server_status(Context& context, const Arguments& arguments);

}  // namespace llf::cli
