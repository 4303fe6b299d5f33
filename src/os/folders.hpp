#pragma once

#include "base/expected.hpp"

#include <filesystem>

namespace llf::os {

/// Makes a folder, and those above it that are missing, for all whom the umask leaves in, so that
/// their names survive a power cut. Blocks on the disk. Any thread. Errors: those of files;
/// `conflict` when something else is in the way.
[[nodiscard]] Expected<void> make_folders(const std::filesystem::path& folder);

}  // namespace llf::os
