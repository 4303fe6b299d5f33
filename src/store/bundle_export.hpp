#pragma once

#include "base/expected.hpp"
#include "store/bundle.hpp"
#include "store/hash_marks.hpp"
#include "store/model_file.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace llf::store {

/// A bundle that is to be made.
struct BundleOrder {
  enum class Existing : std::uint8_t { refuse, replace };

  ModelFile model;
  std::vector<BundleText> texts;
  std::filesystem::path to;  ///< absolute
  Existing existing = Existing::refuse;
};

/// Writes a bundle, which is seen under its name when it is whole and on the disk; told how many
/// bytes of its files are done. `hub_cache` is where models stand whose repository and commit are
/// known. Errors: `conflict` when something stands there, or another export writes it; `corrupt`
/// for a model that is not what its store says; those of plan_bundle and of files, a full disk
/// among them; cancelled when `progress` stops it. Blocks for as long as the disks take.
[[nodiscard]] Expected<BundleManifest> export_bundle(const BundleOrder& order,
                                                     const std::filesystem::path& hub_cache,
                                                     const HashProgress& progress);

}  // namespace llf::store
