#include "store/hub_cache.hpp"

#include "base/assert.hpp"
#include "os/atomic_file.hpp"
#include "os/file_error.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <unistd.h>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

Expected<void> make_folders(const fs::path& folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (!code) return {};
  return failure(os::file_error("making", folder, os::FileUse::write, code.value()));
}

}  // namespace

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

fs::path HubCache::lock(const CachedFile& file) const {
  return root_ / ".locks" / file.repository.folder() / (file.sha256.hex() + ".lock");
}

Expected<void> HubCache::prepare(const CachedFile& file) const {
  for (const auto& folder : {blob(file).parent_path(), lock(file).parent_path()}) {
    if (auto made = make_folders(folder); !made) return made;
  }
  return {};
}

Expected<void> HubCache::show(const CachedFile& file) const {
  const auto link = snapshot(file);
  if (auto made = make_folders(link.parent_path()); !made) return made;
  // Relative, so that a cache can be moved: out of the snapshot and its folders, to the blobs.
  fs::path target = fs::path("..") / "..";
  for (auto depth = std::ranges::count(file.path, '/'); depth > 0; --depth) target /= "..";
  target = target / "blobs" / file.sha256.hex();
  std::error_code code;
  if (fs::read_symlink(link, code) == target) return {};
  // Of a name that nobody else makes meanwhile: the content is locked by us.
  const auto temporary = link.parent_path() /
                         fmt::format(".llf-link-{}-{}", ::getpid(), os::short_hash(link.native()));
  fs::remove(temporary, code);
  fs::create_symlink(target, temporary, code);
  if (!code) fs::rename(temporary, link, code);
  if (!code) return {};
  std::error_code ignored;
  fs::remove(temporary, ignored);
  return failure(os::file_error("linking", link, os::FileUse::write, code.value()));
}

Expected<void> HubCache::set_ref(const RepositoryName& repository, std::string_view branch,
                                 std::string_view commit) const {
  const auto path = folder(repository) / "refs" / branch;
  if (auto made = make_folders(path.parent_path()); !made) return made;
  constexpr unsigned kForAll = 0644;
  return os::write_file_atomically(path, commit, kForAll);
}

}  // namespace llf::store
