#pragma once

#include "base/expected.hpp"
#include "store/bundle.hpp"
#include "store/hash_marks.hpp"
#include "store/import.hpp"
#include "store/removal.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace llf::store {

/// What an import of a bundle came to.
struct ImportedBundle {
  std::vector<Imported> files;  ///< of the model, `from` being a name in the archive, `how`
                                ///< "unpacked" or "was there"; the first part first
  std::vector<BundleText> texts;
  std::string repository;  ///< as in the manifest
  std::string license;     ///< likewise
};

/// What a bundle says it is; nothing for a file that is no tar archive. Errors: those of files and
/// of read_manifest; `corrupt` for one that is cut. Blocks for a moment.
[[nodiscard]] Expected<std::optional<BundleManifest>> look_into_bundle(
    const std::filesystem::path& path);

/// Makes the model of an untrusted bundle one of this machine: every file is as long as the
/// manifest says, has the SHA-256 that it says, and is read as a model, before anything is seen;
/// told how many bytes are done. Nothing is replaced. Errors: those of look_into_bundle and
/// BundleTarget::prepare; `corrupt` for a bundle that is not what its manifest says, or has a file
/// that read_gguf refuses; cancelled when `progress` stops it. Blocks for as long as the disks
/// take.
[[nodiscard]] Expected<ImportedBundle> import_bundle(const std::filesystem::path& path,
                                                     const OwnFolders& own,
                                                     const HashProgress& progress);

}  // namespace llf::store
