#pragma once

#include "base/expected.hpp"
#include "os/file_lock.hpp"
#include "store/bundle.hpp"
#include "store/hash_marks.hpp"
#include "store/hub_cache.hpp"
#include "store/import.hpp"
#include "store/removal.hpp"

#include <filesystem>
#include <optional>
#include <set>
#include <vector>

namespace llf::store {

/// Where a model file of a bundle goes.
struct BundlePlace {
  std::filesystem::path part;          ///< is written under this name, which is no model's
  std::filesystem::path content;       ///< and gets this one when all of the bundle is right
  std::optional<CachedFile> cached{};  ///< shown in the cache then
  std::optional<Digest> kept{};        ///< kept beside the content, whose name does not say it
  bool replaces = false;               ///< what stands there is damaged
  bool has_content = false;            ///< the content is there already
  bool is_shown = false;               ///< and so is its name in the cache
};

/// Where the model of a bundle goes: into the cache when its repository and commit are known, else
/// into the folder of this home. Nothing is seen of it before `publish`; without that, nothing is
/// left. One thread.
class BundleTarget {
 public:
  /// Finds the places, makes their folders and locks them. `progress` may stop it. Errors:
  /// `conflict` when another file has a name of the model's, or a program is downloading it;
  /// `corrupt` when two files would have one name; `io` when there is no room; those of files;
  /// cancelled.
  [[nodiscard]] static Expected<BundleTarget> prepare(const BundleManifest& manifest,
                                                      const OwnFolders& own,
                                                      const HashProgress& progress);

  BundleTarget(BundleTarget&&) noexcept = default;
  BundleTarget& operator=(BundleTarget&&) = delete;
  ~BundleTarget();

  /// In the order of the manifest.
  [[nodiscard]] const std::vector<BundlePlace>& places() const { return places_; }

  /// Shows what was written, all of it or nothing. Errors: those of files; `conflict` when a name
  /// was taken meanwhile.
  [[nodiscard]] Expected<void> publish();

 private:
  BundleTarget() = default;

  [[nodiscard]] Expected<void> find_in_cache(const BundleManifest& manifest,
                                             const std::filesystem::path& hub_cache,
                                             const HashProgress& progress);
  [[nodiscard]] Expected<void> find_in_folder(const BundleManifest& manifest,
                                              const std::filesystem::path& folder,
                                              const HashProgress& progress);
  /// Those of a file go up to `top`, if nothing is in them at the end.
  void note_folders(const std::filesystem::path& file, const std::filesystem::path& top);
  [[nodiscard]] Expected<void> place_contents(std::vector<std::filesystem::path>& made);
  [[nodiscard]] Expected<void> show(std::vector<std::filesystem::path>& made);

  std::vector<BundlePlace> places_;
  std::vector<os::FileLock> locks_;
  std::set<std::filesystem::path> folders_;  ///< that go again when they are empty
  std::optional<HubCache> cache_;
};

}  // namespace llf::store
