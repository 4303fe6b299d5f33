#include "store/removal.hpp"

#include "base/limits.hpp"
#include "os/file_error.hpp"
#include "os/file_lock.hpp"
#include "store/hub_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
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

/// The files that go with the model: all of its own, and the projector unless another uses it.
std::vector<fs::path> files_of(const ModelFile& model, const std::vector<ModelFile>& all) {
  const auto own = model.files();
  std::vector<fs::path> files(own.begin(), own.end());
  const bool shared = std::ranges::any_of(all, [&](const ModelFile& other) {
    return other.id != model.id && other.projector == model.projector;
  });
  if (!model.projector.empty() && shared) files.pop_back();
  return files;
}

/// Bytes that the disk gets back when this name of a file goes.
std::uint64_t freed_by(const fs::path& file) {
  struct stat facts{};
  const bool last = ::lstat(file.c_str(), &facts) == 0 && facts.st_nlink == 1;
  return last && S_ISREG(facts.st_mode) ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

/// Sorts the names in the snapshots of a repository into those that go and what the others need.
Expected<Removal> plan_in_cache(const std::vector<fs::path>& files, const fs::path& cache) {
  Removal removal;
  std::set<fs::path> going;  // paths within a snapshot
  for (const auto& file : files) {
    const auto relative = file.lexically_relative(cache);
    auto part = relative.begin();
    removal.repository = cache / *part;
    std::advance(part, 3);  // REPOSITORY/snapshots/COMMIT
    fs::path name;
    for (; part != relative.end(); ++part) name /= *part;
    going.insert(name);
  }
  std::set<fs::path> freed;
  std::set<fs::path> needed;
  std::error_code code;
  const auto snapshots = removal.repository / "snapshots";
  std::size_t entries = 0;
  for (fs::directory_iterator revision(snapshots, code), none; !code && revision != none;
       revision.increment(code)) {
    for (fs::recursive_directory_iterator entry(revision->path(), code), end; !code && entry != end;
         entry.increment(code)) {
      if (++entries > limits::kModelFolderEntries) break;
      std::error_code ignored;
      if (entry->is_directory(ignored) && !entry->is_symlink(ignored)) continue;
      const bool goes = going.contains(entry->path().lexically_relative(revision->path()));
      if (goes) removal.names.push_back(entry->path());
      auto content = content_of(entry->path());
      if (!content.empty()) (goes ? freed : needed).insert(std::move(content));
    }
  }
  if (code)
    return failure(os::file_error("looking through", snapshots, os::FileUse::read, code.value()));
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

/// Removes folders without content, up to and without `top`.
void remove_empty(fs::path folder, const fs::path& top) {
  std::error_code code;
  while (is_below(folder, top) && fs::is_empty(folder, code) && fs::remove(folder, code)) {
    folder = folder.parent_path();
  }
}

/// A repository of which nothing is left but notes goes as a whole.
void remove_repository(const fs::path& repository, const OwnFolders& own) {
  std::error_code code;
  const bool used =
      (fs::exists(repository / "blobs", code) && !fs::is_empty(repository / "blobs", code)) ||
      (fs::exists(repository / "snapshots", code) && !fs::is_empty(repository / "snapshots", code));
  if (used || code || !is_below(repository, own.hub_cache)) return;
  fs::remove_all(repository, code);
  fs::remove_all(own.hub_cache / ".locks" / repository.filename(), code);
}

Expected<void> remove_file(const fs::path& file) {
  std::error_code code;
  fs::remove(file, code);
  if (!code) return {};
  return failure(os::file_error("removing", file, os::FileUse::replace, code.value()));
}

}  // namespace

Expected<Removal> plan_removal(const ModelFile& model, const std::vector<ModelFile>& all,
                               const OwnFolders& own) {
  const auto files = files_of(model, all);
  if (model.source == Source::hugging_face && is_below(model.path, own.hub_cache)) {
    auto removal = plan_in_cache(files, own.hub_cache);
    if (!removal) return removal;
    std::uint64_t bytes = 0;
    for (const auto& content : removal->contents) bytes += freed_by(content);
    for (const auto& name : removal->names) bytes += freed_by(name);
    removal->freed = ByteSize(bytes);
    return removal;
  }
  if (model.source == Source::folder && is_below(model.path, own.folder)) {
    Removal removal{.names = files};
    std::uint64_t bytes = 0;
    for (const auto& file : files) bytes += freed_by(file);
    removal.freed = ByteSize(bytes);
    return removal;
  }
  return failure(
      ErrorKind::forbidden,
      fmt::format("{} is not llf's to remove: it stands in {} ({}), which llf only reads",
                  model.id.str(), fs::path(model.path).parent_path().native(),
                  to_string(model.source)));
}

Expected<void> remove_model(const Removal& removal, const OwnFolders& own) {
  std::vector<os::FileLock> locks;
  for (const auto& content : removal.contents) {
    const auto path = lock_of_content(own.hub_cache, content);
    std::error_code code;
    fs::create_directories(path.parent_path(), code);
    auto lock = os::FileLock::try_acquire(path, os::LockUsers::everybody);
    if (lock && !*lock) {
      return failure(ErrorKind::conflict,
                     "it is being downloaded; stop that with `llf model downloads --stop` first");
    }
    if (lock) locks.push_back(std::move(**lock));
  }
  for (const auto& name : removal.names) {
    if (auto removed = remove_file(name); !removed) return removed;
    if (!removal.repository.empty()) {
      remove_empty(name.parent_path(), removal.repository / "snapshots");
    }
  }
  for (const auto& content : removal.contents) {
    if (auto removed = remove_file(content); !removed) return removed;
  }
  if (!removal.repository.empty()) remove_repository(removal.repository, own);
  return {};
}

}  // namespace llf::store
