#include "store/bundle_target.hpp"

#include "os/atomic_file.hpp"
#include "os/file_error.hpp"
#include "os/folders.hpp"
#include "os/rename.hpp"
#include "store/digest_file.hpp"
#include "store/disk_write.hpp"
#include "store/file_label.hpp"
#include "store/hub_repository.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <ranges>
#include <set>
#include <string>
#include <system_error>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCachePart = ".llf-import";
constexpr std::string_view kFolderPart = ".llf-import-bundle";
constexpr std::string_view kMainBranch = "main";

std::unexpected<Error> is_taken(const fs::path& path) {
  return failure(
      ErrorKind::conflict,
      fmt::format("{} is there already and is another file: remove or rename it", path.native()));
}

bool is_something(const fs::path& path) {
  std::error_code code;
  return fs::exists(fs::symlink_status(path, code));
}

bool has_size(const fs::path& path, std::uint64_t size) {
  std::error_code code;
  return fs::is_regular_file(path, code) && fs::file_size(path, code) == size && !code;
}

/// The folder below that of this home in which the model gets the name that it had, and a
/// projector of its own; empty: none is needed.
fs::path folder_below(const BundleManifest& manifest) {
  if (!manifest.repository.empty()) return manifest.repository;
  std::vector<std::string> paths;
  paths.reserve(manifest.files.size());
  for (const auto& file : manifest.files) paths.push_back(file.path);
  return folder_of_their_own(paths);
}

/// Keeps what the file was when it came, unless that is known.
Expected<void> keep_beside(const BundlePlace& place, std::vector<fs::path>& made) {
  if (!place.kept) return {};
  const auto known = kept_digest(place.content);
  if (known && known->sha256 == *place.kept) return {};
  auto file = digest_file_of(place.content);
  const bool is_new = !is_something(file);
  auto kept = keep_digest(place.content, {.sha256 = *place.kept, .source = {}});
  if (is_new) made.push_back(std::move(file));  // also when it failed at the last step
  return kept;
}

/// What says which commit of a repository is the usual one.
fs::path branch_of(const fs::path& hub_cache, const RepositoryName& repository) {
  return hub_cache / repository.folder() / "refs" / kMainBranch;
}

}  // namespace

Expected<BundleTarget> BundleTarget::prepare(const BundleManifest& manifest, const OwnFolders& own,
                                             const HashProgress& progress) {
  BundleTarget target;
  const bool to_cache = !manifest.commit.empty() && !own.hub_cache.empty();
  const auto found = to_cache ? target.find_in_cache(manifest, own.hub_cache, progress)
                              : target.find_in_folder(manifest, own.folder, progress);
  if (!found) return failure(found.error());
  std::uint64_t needed = 0;
  for (std::size_t i = 0; i < target.places_.size(); ++i) {
    const auto& place = target.places_[i];
    std::error_code code;
    fs::remove(place.part, code);  // of a daemon that was killed
    if (!place.has_content) needed += manifest.files[i].size;
  }
  const auto room = check_room(target.places_.front().part.parent_path(), needed);
  if (!room) return failure(room.error());
  return target;
}

Expected<void> BundleTarget::find_in_cache(const BundleManifest& manifest,
                                           const fs::path& hub_cache,
                                           const HashProgress& progress) {
  cache_.emplace(hub_cache);
  const auto repository = RepositoryName::parse(manifest.repository);
  if (!repository) return failure(repository.error());
  for (const auto& file : manifest.files) {
    if (file.is_text()) break;
    const CachedFile cached{.repository = *repository,
                            .commit = manifest.commit,
                            .path = file.path,
                            .sha256 = file.sha256};
    const auto content = cache_->blob(cached);
    auto prepared = cache_->prepare(cached);
    auto lock = prepared ? os::FileLock::try_acquire(cache_->lock(cached), os::LockUsers::everybody)
                         : failure(prepared.error());
    // Of one that another program has locked the folders are that one's.
    if (!lock || *lock) note_folders(content, hub_cache);
    if (!lock) return failure(lock.error());
    if (!*lock) {
      return failure(ErrorKind::conflict,
                     fmt::format("{} is being downloaded; `llf model downloads` shows it",
                                 manifest.repository));
    }
    locks_.push_back(std::move(**lock));
    const auto name = cache_->snapshot(cached);
    note_folders(name, hub_cache);
    note_folders(branch_of(hub_cache, *repository), hub_cache);
    BundlePlace place{.part = fs::path(content) += kCachePart,
                      .content = content,
                      .cached = cached,
                      .has_content = has_size(content, file.size)};
    if (is_something(content) && !place.has_content) return is_taken(content);
    if (is_something(name)) {
      const auto shown = cache_->find(name);
      place.is_shown = place.has_content && shown && shown->sha256 == file.sha256;
      std::error_code code;
      if (!place.is_shown && fs::exists(name, code)) return is_taken(name);
    }
    // It may have been damaged since: then what comes takes its place.
    if (place.has_content) {
      const auto there = hash_file(content, [&](std::uint64_t) { return progress(0); });
      if (!there) return failure(there.error());
      place.replaces = there->sha256 != file.sha256;
      place.has_content = !place.replaces;
    }
    places_.push_back(std::move(place));
  }
  return {};
}

Expected<void> BundleTarget::find_in_folder(const BundleManifest& manifest, const fs::path& folder,
                                            const HashProgress& progress) {
  const auto below = folder / folder_below(manifest);
  std::set<fs::path> contents;
  for (const auto& file : manifest.files) {
    if (file.is_text()) break;
    const auto content = below / fs::path(file.path).filename();
    if (!contents.insert(content).second) {
      return failure(ErrorKind::corrupt,
                     fmt::format("the bundle has {} twice", content.filename().native()));
    }
    if (auto made = os::make_folders(content.parent_path()); !made) return made;
    note_folders(content, folder);
    BundlePlace place{.part = folder / (file.sha256.hex() + std::string(kFolderPart)),
                      .content = content,
                      .kept = file.sha256};
    if (is_something(content)) {
      const auto there = has_size(content, file.size)
                             ? hash_file(content, [&](std::uint64_t) { return progress(0); })
                             : failure(ErrorKind::conflict, "");
      if (!there && there.error().kind == ErrorKind::cancelled) return failure(there.error());
      if (!there || there->sha256 != file.sha256) return is_taken(content);
      place.has_content = true;
    }
    places_.push_back(std::move(place));
  }
  return {};
}

BundleTarget::~BundleTarget() {
  std::error_code code;
  for (const auto& place : places_) fs::remove(place.part, code);
  // The inner ones first; one that something stands in stays.
  for (const auto& folder : folders_ | std::views::reverse) fs::remove(folder, code);
}

void BundleTarget::note_folders(const fs::path& file, const fs::path& top) {
  for (auto folder = file.parent_path(); folder.native().size() > top.native().size();
       folder = folder.parent_path()) {
    folders_.insert(folder);
  }
}

Expected<void> BundleTarget::publish() {
  std::vector<fs::path> made;
  auto done = place_contents(made);
  if (done && cache_) done = show(made);
  if (!done) {
    std::error_code code;
    for (const auto& path : made | std::views::reverse) fs::remove(path, code);
  }
  return done;
}

Expected<void> BundleTarget::place_contents(std::vector<fs::path>& made) {
  // The first part last: without it no other is a model.
  std::set<fs::path> folders;
  for (const auto& place : places_ | std::views::reverse) {
    if (auto kept = keep_beside(place, made); !kept) return kept;
    if (place.has_content) continue;
    if (place.replaces) {
      if (::rename(place.part.c_str(), place.content.c_str()) != 0) {
        return failure(os::file_error("replacing", place.content, os::FileUse::replace, errno));
      }
    } else {
      if (auto named = os::rename_to_new(place.part, place.content); !named) return named;
      made.push_back(place.content);
    }
    folders.insert(place.content.parent_path());
  }
  for (const auto& folder : folders) {
    if (auto synced = os::sync_folder(folder); !synced) return synced;
  }
  return {};
}

Expected<void> BundleTarget::show(std::vector<fs::path>& made) {
  const auto& first = *places_.front().cached;
  std::set<fs::path> folders;
  for (const auto& place : places_ | std::views::reverse) {
    if (place.is_shown) continue;
    const auto name = cache_->snapshot(*place.cached);
    made.push_back(name);  // a try that fails may have made it
    if (auto shown = cache_->show(*place.cached); !shown) return shown;
    folders.insert(name.parent_path());
  }
  for (const auto& folder : folders) {
    if (auto synced = os::sync_folder(folder); !synced) return synced;
  }
  auto branch = branch_of(cache_->root(), first.repository);
  if (is_something(branch)) return {};
  made.push_back(std::move(branch));
  return cache_->set_ref(first.repository, kMainBranch, first.commit);
}

}  // namespace llf::store
