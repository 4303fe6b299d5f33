#pragma once

#include "base/expected.hpp"
#include "store/bundle.hpp"
#include "store/model_file.hpp"

#include <filesystem>
#include <vector>

namespace llf::store {

/// What a bundle of a model will hold.
struct BundlePlan {
  BundleManifest manifest;  ///< digests are zero where nothing says what they should be
  std::vector<std::filesystem::path> sources;  ///< of the model's files, in the manifest's order
};

/// Plans it: the repository and commit are known of a model in the cache `hub_cache`; a file whose
/// name says nothing of a model gets one of the model's name. Errors: `invalid` for what is no
/// model; `too_large` for texts; those of files. Blocks.
[[nodiscard]] Expected<BundlePlan> plan_bundle(const ModelFile& model,
                                               const std::vector<BundleText>& texts,
                                               const std::filesystem::path& hub_cache);

}  // namespace llf::store
