#pragma once

#include "base/clock.hpp"
#include "os/unique_fd.hpp"

namespace llf::os {

/// Blocks until the process of `pidfd` has ended, signals or not. False when `limit` is over. Any
/// thread.
[[nodiscard]] bool await_end(const UniqueFd& pidfd, Duration limit);

}  // namespace llf::os
