#include "store/hub_cache.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "os/atomic_file.hpp"
#include "os/file_error.hpp"
#include "os/folders.hpp"
#include "os/paths.hpp"
#include "os/stale_files.hpp"
#include "store/verification.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

/// Makes a link or leads it elsewhere, in one step.
Expected<void> link_to(const fs::path& target, const fs::path& link) {
  std::error_code code;
  if (fs::read_symlink(link, code) == target) return {};
  // Nobody else makes it meanwhile, the content is locked by us: one that stands is left over.
  const auto temporary =
      link.parent_path() / fmt::format(".llf-link-{}", os::short_hash(link.native()));
  fs::remove(temporary, code);
  fs::create_symlink(target, temporary, code);
  if (!code) fs::rename(temporary, link, code);
  if (!code) return {};
  std::error_code ignored;
  fs::remove(temporary, ignored);
  return failure(os::file_error("linking", link, os::FileUse::write, code.value()));
}

}  // namespace

fs::path lock_of_content(const fs::path& root, const fs::path& content) {
  const auto repository = content.parent_path().parent_path().filename();
  return root / ".locks" / repository / (content.filename().native() + ".lock");
}

fs::path HubCache::folder(const RepositoryName& repository) const {
  return root_ / repository.folder();
}

fs::path HubCache::blob(const CachedFile& file) const {
  return folder(file.repository) / "blobs" / file.sha256.hex();
}

fs::path HubCache::snapshot(const CachedFile& file) const {
  LLF_ASSERT(is_commit(file.commit) && check_file_path(file.path));
  return folder(file.repository) / "snapshots" / file.commit / file.path;
}

std::optional<SnapshotName> HubCache::name_of(const fs::path& name) const {
  const auto relative = name.lexically_relative(root_);
  std::vector<std::string> parts;
  for (const auto& part : relative) parts.push_back(part.native());
  constexpr std::size_t kLeast = 4;  // REPOSITORY/snapshots/COMMIT/PATH
  if (parts.size() < kLeast || parts[1] != "snapshots" || !is_commit(parts[2])) return std::nullopt;
  auto repository = repository_of_folder(parts[0]);
  const auto path = relative.lexically_relative(fs::path(parts[0]) / parts[1] / parts[2]).native();
  if (!repository || !check_file_path(path)) return std::nullopt;
  return SnapshotName{
      .repository = *std::move(repository), .commit = std::move(parts[2]), .path = path};
}

std::optional<CachedFile> HubCache::find(const fs::path& name) const {
  auto named = name_of(name);
  const auto digest = expected_digest(name);
  if (!named || !digest) return std::nullopt;
  return CachedFile{.repository = std::move(named->repository),
                    .commit = std::move(named->commit),
                    .path = std::move(named->path),
                    .sha256 = *digest};
}

fs::path HubCache::lock(const CachedFile& file) const {
  return lock_of_content(root_, blob(file));
}

Expected<void> HubCache::prepare(const CachedFile& file) const {
  for (const auto& folder : {blob(file).parent_path(), lock(file).parent_path()}) {
    if (auto made = os::make_folders(folder); !made) return made;
  }
  os::remove_stale_temporaries(blob(file).parent_path());
  return {};
}

Expected<void> HubCache::show(const CachedFile& file) const {
  const auto link = snapshot(file);
  // Relative, so that a cache can be moved: out of the snapshot and its folders, to the blobs.
  fs::path target = fs::path("..") / "..";
  for (auto depth = std::ranges::count(file.path, '/'); depth > 0; --depth) target /= "..";
  target = target / "blobs" / file.sha256.hex();
  for (int round = 1;; ++round) {
    auto linked = os::make_folders(link.parent_path());
    if (linked) linked = link_to(target, link);
    if (linked) break;
    // Who removes another model's last link takes the empty folder away.
    const bool gone = linked.error().kind == ErrorKind::not_found;
    if (!gone || round == limits::kTransferRounds) return linked;
  }
  // Also of a link and a content that were there: an earlier try may have failed here.
  for (const auto& folder : {blob(file).parent_path(), link.parent_path()}) {
    if (auto synced = os::sync_folder(folder); !synced) return synced;
  }
  return {};
}

Expected<void> HubCache::set_ref(const RepositoryName& repository, std::string_view branch,
                                 std::string_view commit) const {
  const auto path = folder(repository) / "refs" / branch;
  if (auto made = os::make_folders(path.parent_path()); !made) return made;
  // Other programs take every file here for a branch.
  os::remove_stale_temporaries(path.parent_path());
  constexpr unsigned kForAll = 0644;
  return os::write_file_atomically(path, commit, kForAll);
}

}  // namespace llf::store
