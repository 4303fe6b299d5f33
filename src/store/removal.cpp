#include "store/removal.hpp"

#include "base/limits.hpp"
#include "os/file_error.hpp"
#include "os/file_lock.hpp"
#include "os/folders.hpp"
#include "store/assembly.hpp"
#include "store/digest_file.hpp"
#include "store/hub_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

bool is_below(const fs::path& path, const fs::path& folder) {
  const auto relative = path.lexically_relative(folder);
  return !folder.empty() && !relative.empty() && *relative.begin() != "..";
}

/// What a name of a snapshot leads to; empty when it leads nowhere.
fs::path content_of(const fs::path& name) {
  std::error_code code;
  auto content = fs::canonical(name, code);
  return code ? fs::path() : content;
}

/// Bytes that the disk gets back when this name of a file goes.
std::uint64_t freed_by(const fs::path& file) {
  struct stat facts{};
  const bool last = ::lstat(file.c_str(), &facts) == 0 && facts.st_nlink == 1;
  return last && S_ISREG(facts.st_mode) ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

std::unexpected<Error> has_too_much(const fs::path& folder) {
  return failure(ErrorKind::too_large, fmt::format("{} has more than {} entries", folder.native(),
                                                   limits::kModelFolderEntries));
}

/// What stands in the snapshots of a repository, by revision: paths within it.
using Snapshots = std::map<fs::path, std::set<fs::path>>;

/// All of it: who knows a part only takes what another model needs.
Expected<Snapshots> look_through(const fs::path& folder) {
  Snapshots snapshots;
  std::size_t entries = 0;
  std::error_code code;
  for (fs::directory_iterator revision(folder, code), none; !code && revision != none;
       revision.increment(code)) {
    auto& names = snapshots[revision->path()];
    for (fs::recursive_directory_iterator entry(revision->path(), code), end; !code && entry != end;
         entry.increment(code)) {
      if (++entries > limits::kModelFolderEntries) return has_too_much(folder);
      std::error_code ignored;
      if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) continue;
      names.insert(entry->path().lexically_relative(revision->path()));
    }
  }
  if (!code) return snapshots;
  return failure(os::file_error("looking through", folder, os::FileUse::read, code.value()));
}

/// The files of a model without its projector.
std::vector<std::string> parts_of(const ModelFile& model) {
  return files_of_model(model.path, model.further, "");
}

bool is_a(FileLabel::Kind kind, const fs::path& file) {
  const auto found = look_at(file);
  return found && found->label.kind == kind;
}

bool is_model(const fs::path& file) {
  return is_a(FileLabel::Kind::model, file);
}

/// What those names lead to that do not go.
std::set<fs::path> needed_contents(const Snapshots& snapshots, const std::set<fs::path>& going) {
  std::set<fs::path> needed;
  for (const auto& [revision, names] : snapshots) {
    for (const auto& name : names) {
      if (!going.contains(name)) needed.insert(content_of(revision / name));
    }
  }
  return needed;
}

/// Where a file of the cache stands within its snapshot: REPOSITORY/snapshots/COMMIT/….
fs::path name_in_snapshot(const fs::path& file, const fs::path& cache) {
  const auto relative = file.lexically_relative(cache);
  auto part = std::next(relative.begin(), 3);
  fs::path name;
  for (; part != relative.end(); ++part) name /= *part;
  return name;
}

/// Whether a model that stays is in a revision together with this projector.
bool has_other_models(const Snapshots& snapshots, const fs::path& projector,
                      const std::set<fs::path>& going) {
  return std::ranges::any_of(snapshots, [&](const auto& snapshot) {
    const auto& [revision, names] = snapshot;
    return names.contains(projector) && std::ranges::any_of(names, [&](const fs::path& name) {
             return !going.contains(name) && is_model(revision / name);
           });
  });
}

/// The projectors beside what goes that no model will be beside then, also those that none uses.
std::set<fs::path> lone_projectors(const Snapshots& snapshots, const std::set<fs::path>& going) {
  std::set<fs::path> lone;
  for (const auto& [revision, names] : snapshots) {
    const auto goes = [&](const fs::path& name) { return going.contains(name); };
    if (std::ranges::none_of(names, goes)) continue;
    for (const auto& name : names) {
      if (is_a(FileLabel::Kind::projector, revision / name) &&
          !has_other_models(snapshots, name, going)) {
        lone.insert(name);
      }
    }
  }
  return lone;
}

/// Sorts the names in the snapshots of a repository into those that go and what the others need.
Expected<Removal> plan_in_cache(const ModelFile& model, const fs::path& cache) {
  Removal removal;
  removal.repository = cache / *fs::path(model.path).lexically_relative(cache).begin();
  const auto snapshots = look_through(removal.repository / "snapshots");
  if (!snapshots) return failure(snapshots.error());
  std::set<fs::path> going;
  for (const auto& file : parts_of(model)) going.insert(name_in_snapshot(file, cache));
  going.merge(lone_projectors(*snapshots, going));
  std::set<fs::path> freed;
  for (const auto& [revision, names] : *snapshots) {
    for (const auto& name : names) {
      if (!going.contains(name)) continue;
      removal.names.push_back(revision / name);
      if (auto content = content_of(revision / name); !content.empty()) {
        freed.insert(std::move(content));
      }
    }
  }
  const auto needed = needed_contents(*snapshots, going);
  const auto blobs = content_of(removal.repository / "blobs");
  for (const auto& content : freed) {
    if (needed.contains(content)) {
      removal.kept.push_back(content);
    } else if (is_below(content, blobs)) {
      removal.contents.push_back(content);
    }
  }
  return removal;
}

/// The projectors in a folder when no model stays there; else none.
Expected<std::vector<fs::path>> lone_projectors(const fs::path& folder,
                                                const std::vector<fs::path>& going) {
  std::vector<fs::path> lone;
  std::size_t entries = 0;
  std::error_code code;
  for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
    if (++entries > limits::kModelFolderEntries) return has_too_much(folder);
    const bool goes = std::ranges::find(going, it->path()) != going.end();
    if (!goes && is_model(it->path())) return std::vector<fs::path>();
    if (is_a(FileLabel::Kind::projector, it->path())) lone.push_back(it->path());
  }
  if (!code) return lone;
  return failure(os::file_error("looking through", folder, os::FileUse::read, code.value()));
}

/// The files of a model in the folder of this home, and what is kept beside them.
Expected<Removal> plan_in_folder(const ModelFile& model) {
  const auto parts = parts_of(model);
  std::vector<fs::path> files{parts.begin(), parts.end()};
  if (!model.projector.empty()) {
    const auto lone = lone_projectors(fs::path(model.projector).parent_path(), files);
    if (!lone) return failure(lone.error());
    files.insert(files.end(), lone->begin(), lone->end());
  }
  Removal removal{.names = files};
  for (const auto& file : files) {
    std::error_code code;
    auto digest = digest_file_of(file);
    if (fs::exists(digest, code)) removal.names.push_back(std::move(digest));
  }
  return removal;
}

/// Removes folders without content, up to and without `top`.
void remove_empty(fs::path folder, const fs::path& top) {
  std::error_code code;
  while (folder != top && is_below(folder, top) && fs::is_empty(folder, code) &&
         fs::remove(folder, code)) {
    folder = folder.parent_path();
  }
}

/// The locks in a folder, but for those that the caller holds; nothing when somebody else holds
/// one.
std::optional<std::vector<os::FileLock>> lock_all(const fs::path& folder,
                                                  const std::set<fs::path>& held) {
  std::vector<os::FileLock> locks;
  std::error_code code;
  for (fs::directory_iterator at(folder, code), end; !code && at != end; at.increment(code)) {
    if (held.contains(at->path())) continue;
    auto lock = os::FileLock::try_acquire(at->path(), os::LockUsers::everybody);
    if (!lock || !*lock) return std::nullopt;
    locks.push_back(std::move(**lock));
  }
  return locks;
}

/// A repository of which nothing is left but notes goes as a whole, unless somebody downloads of
/// it. `held` are the locks that the caller holds.
void remove_repository(const fs::path& repository, const OwnFolders& own,
                       const std::set<fs::path>& held) {
  std::error_code code;
  const auto blobs = repository / "blobs";
  const auto snapshots = repository / "snapshots";
  const auto locks = own.hub_cache / ".locks" / repository.filename();
  if (!is_below(repository, own.hub_cache)) return;
  const auto locked = lock_all(locks, held);
  if (!locked) return;
  // Folders go only while they are empty, whoever comes meanwhile.
  for (const auto& folder : {blobs, snapshots}) {
    fs::remove(folder, code);
    if (fs::symlink_status(folder, code).type() != fs::file_type::not_found) return;
  }
  for (fs::directory_iterator at(repository, code), end; !code && at != end; at.increment(code)) {
    std::error_code ignored;
    if (at->path() != blobs && at->path() != snapshots) fs::remove_all(at->path(), ignored);
  }
  fs::remove(repository, code);
  if (fs::symlink_status(repository, code).type() != fs::file_type::not_found) return;
  fs::remove_all(locks, code);
}

Expected<void> remove_file(const fs::path& file) {
  std::error_code code;
  fs::remove(file, code);
  if (!code) return {};
  return failure(os::file_error("removing", file, os::FileUse::replace, code.value()));
}

/// Those that have got no other name since the removal was planned.
Expected<void> remove_contents(const Removal& removal, const OwnFolders& own,
                               const std::set<fs::path>& held) {
  if (removal.repository.empty()) return {};
  const auto snapshots = look_through(removal.repository / "snapshots");
  if (!snapshots) return failure(snapshots.error());
  const auto needed = needed_contents(*snapshots, {});
  for (const auto& content : removal.contents) {
    if (needed.contains(content)) continue;
    if (auto removed = remove_file(content); !removed) return removed;
  }
  remove_repository(removal.repository, own, held);
  return {};
}

}  // namespace

Expected<Removal> plan_removal(const ModelFile& model, const OwnFolders& own) {
  Expected<Removal> removal;
  if (model.source == Source::hugging_face && is_below(model.path, own.hub_cache)) {
    removal = plan_in_cache(model, own.hub_cache);
  } else if (model.source == Source::folder && is_below(model.path, own.folder)) {
    removal = plan_in_folder(model);
  } else {
    return failure(
        ErrorKind::forbidden,
        fmt::format("{} is not llf's to remove: it stands in {} ({}), which llf only reads",
                    model.id.str(), fs::path(model.path).parent_path().native(),
                    to_string(model.source)));
  }
  if (!removal) return removal;
  std::uint64_t bytes = 0;
  for (const auto& content : removal->contents) bytes += freed_by(content);
  for (const auto& name : removal->names) bytes += freed_by(name);
  removal->freed = ByteSize(bytes);
  return removal;
}

Expected<void> remove_model(const Removal& removal, const OwnFolders& own) {
  std::vector<os::FileLock> locks;
  std::set<fs::path> held;
  for (const auto& content : removal.contents) {
    const auto path = lock_of_content(own.hub_cache, content);
    // No lock can be made on a full disk, and that is where models are removed.
    static_cast<void>(os::make_folders(path.parent_path()));
    auto lock = os::FileLock::try_acquire(path, os::LockUsers::everybody);
    if (lock && !*lock) {
      return failure(ErrorKind::conflict,
                     "it is being downloaded; stop that with `llf model downloads --stop` first");
    }
    if (!lock) continue;
    locks.push_back(std::move(**lock));
    held.insert(path);
  }
  for (const auto& name : removal.names) {
    if (auto removed = remove_file(name); !removed) return removed;
    const bool cached = !removal.repository.empty();
    remove_empty(name.parent_path(), cached ? removal.repository / "snapshots" : own.folder);
  }
  return remove_contents(removal, own, held);
}

}  // namespace llf::store
