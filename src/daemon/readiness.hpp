#pragma once

#include "base/expected.hpp"

namespace llf::daemon {

/// Tells whoever started us that we are ready, or why not: one line of JSON on `fd`, then closes
/// it.
void report_readiness(int fd, const Expected<void>& outcome);

}  // namespace llf::daemon
