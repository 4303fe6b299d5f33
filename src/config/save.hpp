#pragma once

#include "base/expected.hpp"
#include "config/declarations.hpp"

#include <filesystem>
#include <string_view>

namespace llf::config {

/// Sets one setting in the settings file at `path`, which is made if there is none: comments, order
/// and what llf does not know stay. The file as it was is kept beside it, in backups/ (the newest
/// limits::kSettingsBackups). Durable when this returns; what fails or is killed leaves the file as
/// it was. Two at once wait for each other. Blocks. Errors: `invalid` for a wrong word, and for
/// other mistakes in the file, with the place; those of files and locks.
[[nodiscard]] Expected<void> save_setting(const std::filesystem::path& path,
                                          const Declaration& declaration, std::string_view word);

/// Takes one setting out of the file, so that the built-in value holds. The rest as above; nothing
/// is written when it is not there.
[[nodiscard]] Expected<void> remove_setting(const std::filesystem::path& path,
                                            const Declaration& declaration);

}  // namespace llf::config
