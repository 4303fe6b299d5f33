#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

namespace llf::cli {

/// llf server stop: ends the daemon and returns when it is gone. That none runs is no failure.
[[nodiscard]] Expected<int> run_server_stop(Context& context, const Arguments& arguments);

}  // namespace llf::cli
