#pragma once

#include "base/expected.hpp"
#include "store/bundle.hpp"
#include "store/hash_marks.hpp"
#include "store/model_file.hpp"
#include "store/removal.hpp"

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace llf::store {

/// How the name of a bundle ends that is being written. It begins with a dot and stands where the
/// bundle will; a link to it of such a name, in the folder of this home, tells where one that was
/// killed left it.
inline constexpr std::string_view kUnfinishedBundle = ".llf-export";

/// A bundle that is to be made.
struct BundleOrder {
  enum class Existing : std::uint8_t { refuse, replace };

  ModelFile model;
  std::vector<BundleText> texts;
  std::filesystem::path to;  ///< absolute
  Existing existing = Existing::refuse;
  std::string license{};  ///< BundleManifest::license
};

/// Writes a bundle, which is seen under its name when it is whole and on the disk; told how many
/// bytes of its files are done. `own.hub_cache` is where models stand whose repository and commit
/// are known. Errors: `conflict` when something stands there, or another export writes it;
/// `corrupt` for a model that is not what its store says; those of plan_bundle and of files, a full
/// disk among them; cancelled when `progress` stops it. Blocks for as long as the disks take.
[[nodiscard]] Expected<BundleManifest> export_bundle(const BundleOrder& order,
                                                     const OwnFolders& own,
                                                     const HashProgress& progress);

}  // namespace llf::store
