#pragma once

#include "base/error.hpp"

#include <string>
#include <vector>

namespace llf::os {

/// Becomes another program (execve): same process, environment and standard streams. argv[0] is a
/// path with a slash. Returns only when that failed. Main thread.
[[nodiscard]] Error replace_program(const std::vector<std::string>& argv);

}  // namespace llf::os
