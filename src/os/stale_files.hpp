#pragma once

#include <cstddef>
#include <filesystem>

namespace llf::os {

/// Removes from `folder` the temporary files (atomic_file.hpp) of processes that were killed in the
/// middle. How many. Any thread.
std::size_t remove_stale_temporaries(const std::filesystem::path& folder);

}  // namespace llf::os
