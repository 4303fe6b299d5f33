#pragma once

#include <filesystem>

namespace llf::hub {

/// Removes what has come of the file that was to stand at `place`, unless somebody fetches it.
/// Blocks. Any thread.
void remove_part(const std::filesystem::path& place);

}  // namespace llf::hub
