#pragma once

#include "base/task.hpp"
#include "gateway/fit.hpp"
#include "store/bundle_export.hpp"
#include "store/bundle_import.hpp"
#include "store/details.hpp"
#include "store/import.hpp"
#include "store/leftovers.hpp"
#include "store/removal.hpp"
#include "store/shelf.hpp"
#include "store/verification.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace llf::gateway {

/// Whether the speed of the memory is measured, which takes a moment the first time.
enum class MachineLook : std::uint8_t { quick, measured };

/// What becomes of leftovers.
enum class Prune : std::uint8_t { tell, remove };

/// What the gateway asks of the models on disk, all of it beside the loop.
struct ModelAccess {
  std::function<Task<void>()> refresh;                ///< takes over what changed
  std::function<std::vector<store::Shelf>()> places;  ///< where models are looked for
  std::function<Task<Expected<store::Details>>(store::ModelFile)> details;
  std::function<Task<MachineFacts>(MachineLook)> machine;
  std::function<Task<Expected<store::Removal>>(store::ModelFile)> plan_removal;
  std::function<Task<Expected<void>>(store::Removal)> remove;
  std::function<Task<Expected<std::vector<store::Leftover>>>(std::set<std::filesystem::path>,
                                                             Prune)>
      leftovers;
  /// Told on the loop how many bytes have been copied.
  std::function<Task<Expected<std::vector<store::Imported>>>(std::filesystem::path, store::ImportBy,
                                                             std::function<void(std::uint64_t)>)>
      import;
  /// What a bundle says it is; nothing for any other file.
  std::function<Task<Expected<std::optional<store::BundleManifest>>>(std::filesystem::path)>
      look_into_bundle;
  /// Told on the loop how many bytes are done.
  std::function<Task<Expected<store::ImportedBundle>>(std::filesystem::path,
                                                      std::function<void(std::uint64_t)>)>
      import_bundle;
  /// The same.
  std::function<Task<Expected<store::BundleManifest>>(store::BundleOrder,
                                                      std::function<void(std::uint64_t)>)>
      export_bundle;
  /// Told on the loop how many bytes are done.
  std::function<Task<Expected<std::vector<store::VerifiedFile>>>(
      store::ModelFile, std::function<void(std::uint64_t)>)>
      verify;
};

}  // namespace llf::gateway
