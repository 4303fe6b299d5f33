#pragma once

#include "base/expected.hpp"
#include "migration/import.hpp"

#include <filesystem>

namespace llf::cli {

/// What a file or folder of the Python llf comes to, by what is in it: a config.json, whose project
/// is in `root` (empty: the folder above the file's own); a config_prompt.json; the folder of a
/// prompt template, or one with such folders, of which broken ones are only noted. Blocks. Errors:
/// those of files and of migration, with the path; `invalid` for what is none of these.
[[nodiscard]] Expected<migration::Import> import_source(const std::filesystem::path& path,
                                                        const std::filesystem::path& root);

}  // namespace llf::cli
