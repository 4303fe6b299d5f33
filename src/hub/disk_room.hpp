#pragma once

#include "hub/download.hpp"

#include <cstdint>
#include <filesystem>

namespace llf::hub {

/// Whether so many more bytes of downloads have room in a folder. Errors: those of
/// store::check_room, with what to do. A system call.
[[nodiscard]] Expected<void> check_download_room(const std::filesystem::path& folder,
                                                 std::uint64_t bytes);

/// Whether each disk has room for all of a plan that is missing there, as far as sizes are known.
/// Errors: the same. Some system calls.
[[nodiscard]] Expected<void> check_plan_room(const DownloadPlan& plan);

}  // namespace llf::hub
