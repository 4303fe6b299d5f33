#pragma once

#include "base/expected.hpp"

#include <filesystem>

namespace llf::os {

/// Gives a file another name, in one step, unless something has that name. Errors: `conflict` when
/// something has; those of files. A few system calls. Any thread.
[[nodiscard]] Expected<void> rename_to_new(const std::filesystem::path& from,
                                           const std::filesystem::path& to);

}  // namespace llf::os
