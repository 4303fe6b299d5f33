#pragma once

#include "base/byte_size.hpp"
#include "base/expected.hpp"
#include "store/hash_marks.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace llf::store {

/// How a file comes into the folder of this home.
enum class ImportBy : std::uint8_t {
  sharing,  ///< sharing its content: a reflink where the file system has them, else another name
            ///< for the same file (hard link), else a link to it
  copying,
};

/// A file that was imported.
struct Imported {
  std::filesystem::path from;
  std::filesystem::path to;
  std::string how;  ///< "reflink", "hard link", "link", "copy", "was there"
};

/// Makes model files a part of the models of `folder`: one file, with the other parts of a split
/// model, or those of a folder, which get one of their own when a projector is among them. All are
/// read as models first; a name that is taken by another content is not replaced. All or none, and
/// what is imported survives a power cut. `progress` is told what has been copied, of all files.
/// Errors: `not_found`; `invalid` for what is no model; `conflict`; those of files, a full disk
/// among them; `cancelled` when `progress` stops it. Blocks.
[[nodiscard]] Expected<std::vector<Imported>> import_models(const std::filesystem::path& from,
                                                            const std::filesystem::path& folder,
                                                            ImportBy by,
                                                            const HashProgress& progress);

}  // namespace llf::store
