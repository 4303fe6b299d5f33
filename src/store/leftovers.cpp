#include "store/leftovers.hpp"

#include "base/limits.hpp"
#include "os/file_error.hpp"
#include "os/file_lock.hpp"
#include "os/folders.hpp"
#include "os/unique_fd.hpp"
#include "store/bundle_export.hpp"
#include "store/digest.hpp"
#include "store/hub_cache.hpp"
#include "store/hub_repository.hpp"
#include "store/verification.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <fcntl.h>
#include <functional>
#include <optional>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 3> kPartEndings{".llf-part", ".llf-journal", ".llf-import"};
constexpr std::string_view kImportMark = ".llf-import-";

/// Calls `take` with everything in a folder; one that is not there is empty.
Expected<void> for_each_entry(const fs::path& folder,
                              const std::function<Expected<void>(const fs::path&)>& take) {
  std::error_code code;
  if (!fs::exists(folder, code)) return {};
  std::size_t entries = 0;
  for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
    if (++entries > limits::kModelFolderEntries) {
      return failure(
          ErrorKind::too_large,
          fmt::format("{} has more than {} entries", folder.native(), limits::kModelFolderEntries));
    }
    if (auto taken = take(it->path()); !taken) return taken;
  }
  if (!code) return {};
  return failure(os::file_error("looking through", folder, os::FileUse::read, code.value()));
}

ByteSize size_on_disk(const fs::path& file) {
  struct stat facts{};
  constexpr std::uint64_t kBlock = 512;
  const bool only_name = ::lstat(file.c_str(), &facts) == 0 && facts.st_nlink == 1;
  return ByteSize(only_name ? static_cast<std::uint64_t>(facts.st_blocks) * kBlock : 0);
}

/// The place of the download that a file is a part of; nothing for any other file.
std::optional<fs::path> place_of_part(const fs::path& file) {
  for (const auto ending : kPartEndings) {
    const std::string_view name = file.native();
    if (name.ends_with(ending)) return fs::path(name.substr(0, name.size() - ending.size()));
  }
  return std::nullopt;
}

/// What a look through the places does with what it finds.
class Search {
 public:
  enum class Then : std::uint8_t { tell, remove };

  Search(const LeftoverPlaces& places, Then then) : places_(places), then_(then) {}

  Expected<std::vector<Leftover>> run() {
    complete_ = is_filled(places_.own.hub_cache) &&
                std::ranges::none_of(places_.shelves, [this](const Shelf& shelf) {
                  return shelf.root != places_.own.folder && is_away(shelf);
                });
    auto done = for_each_entry(places_.own.hub_cache, [this](const fs::path& entry) {
      return repository_of_folder(entry.filename().native()) ? repository(entry) : Expected<void>();
    });
    if (done) done = folder(places_.own.folder, 0);
    if (done && complete_) done = marks_and_notes();
    if (!done) return failure(done.error());
    return std::move(found_);
  }

 private:
  /// Whether something is there: else it may be the place of a disk that is not mounted.
  static bool is_filled(const fs::path& folder) {
    std::error_code code;
    return fs::is_directory(folder, code) && !fs::is_empty(folder, code) && !code;
  }

  /// Whether models may be there at other times: a folder that somebody named is not there, or the
  /// place of a disk is all there is.
  static bool is_away(const Shelf& shelf) {
    std::error_code code;
    const auto type = fs::symlink_status(shelf.root, code).type();
    if (type == fs::file_type::not_found) return shelf.source == Source::folder;
    return type != fs::file_type::regular && !is_filled(shelf.root);
  }

  /// The folder of this home, or one below it that an import made.
  Expected<void> folder(const fs::path& path, int depth) {
    return for_each_entry(path, [&](const fs::path& entry) {
      std::error_code code;
      if (fs::symlink_status(entry, code).type() == fs::file_type::directory) {
        return depth < limits::kModelFolderDepth ? folder(entry, depth + 1) : Expected<void>();
      }
      if (entry.filename().native().ends_with(kUnfinishedBundle)) return unless_written(entry);
      const bool import = entry.filename().native().contains(kImportMark);
      const auto place = place_of_part(entry);
      const bool left = import || (place && !places_.wanted.contains(*place));
      return left ? found(entry, Leftover::Kind::unfinished) : Expected<void>();
    });
  }

  /// The bundle of an export that was killed, of which a note tells.
  Expected<void> unless_written(const fs::path& note) {
    std::error_code code;
    const auto file = fs::read_symlink(note, code);
    const auto name = file.filename().native();
    if (!name.starts_with('.') || !name.ends_with(kUnfinishedBundle)) return {};
    if (!fs::exists(file.parent_path(), code)) return {};  // its disk may not be mounted
    const os::UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (fd && ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) return {};  // it is being written
    auto done = fd ? found(file, Leftover::Kind::unfinished) : Expected<void>();
    if (done && then_ == Then::remove) fs::remove(note, code);
    return done;
  }

  /// Of contents and repositories that no store has, and nobody is fetching.
  Expected<void> marks_and_notes() {
    std::set<std::string> repositories;
    for (const auto& model : places_.models) {
      if (const auto name = RepositoryName::parse(model.repository)) {
        repositories.insert(name->folder());
      }
      for (const auto& file : model.files()) {
        if (const auto digest = expected_digest(file)) contents_.insert(digest->hex());
      }
    }
    for (const auto& place : places_.wanted) {
      contents_.insert(place.filename().native());
      repositories.insert(place.parent_path().parent_path().filename().native());
    }
    auto done = unless_known(places_.marks, contents_, Leftover::Kind::marks);
    for (const auto& notes : places_.notes) {
      if (done) done = unless_known(notes, repositories, Leftover::Kind::notes);
    }
    return done;
  }

  /// Files in a folder that are not named after something that is known.
  Expected<void> unless_known(const fs::path& folder, const std::set<std::string>& known,
                              Leftover::Kind kind) {
    return for_each_entry(folder, [&](const fs::path& entry) {
      auto name = entry.filename();
      if (kind == Leftover::Kind::notes) name = name.stem();
      return known.contains(name.native()) ? Expected<void>() : found(entry, kind);
    });
  }

  /// The contents that the revisions of a repository name, links to folders followed. Nothing where
  /// it cannot be looked through to its end: nothing is known to be unnamed then.
  static std::optional<std::set<std::string>> named_contents(const fs::path& repository) {
    std::set<std::string> named;
    const auto snapshots = repository / "snapshots";
    std::error_code code;
    if (fs::symlink_status(snapshots, code).type() == fs::file_type::not_found) return named;
    std::size_t entries = 0;
    for (fs::recursive_directory_iterator
             it(snapshots, fs::directory_options::follow_directory_symlink, code),
         end;
         !code && it != end; it.increment(code)) {
      if (++entries > limits::kModelFolderEntries) return std::nullopt;
      std::error_code ignored;
      const auto target = fs::read_symlink(it->path(), ignored);
      if (!ignored) named.insert(target.filename().native());
      const auto content = fs::canonical(it->path(), ignored);
      if (!ignored) named.insert(content.filename().native());
    }
    return code ? std::nullopt : std::optional(std::move(named));
  }

  Expected<void> repository(const fs::path& repository) {
    const auto named = named_contents(repository);
    complete_ = complete_ && named.has_value();
    return for_each_entry(repository / "blobs", [&](const fs::path& entry) -> Expected<void> {
      const auto name = entry.filename().native();
      if (const auto place = place_of_part(entry)) {
        return places_.wanted.contains(*place) ? Expected<void>() : unless_fetched(*place, entry);
      }
      if (Digest::parse(name)) contents_.insert(name);
      const bool content = is_content(entry) && !places_.wanted.contains(entry);
      if (!named || !content || named->contains(name)) return {};
      return unless_named(repository, entry);
    });
  }

  /// Named by a digest of its bytes: SHA-256, or git's of a small file.
  static bool is_content(const fs::path& entry) {
    const auto name = entry.filename().native();
    std::error_code code;
    return fs::symlink_status(entry, code).type() == fs::file_type::regular &&
           (Digest::parse(name) || is_commit(name));
  }

  /// The lock of a content, where nobody fetches it.
  std::optional<os::FileLock> lock(const fs::path& content) const {
    const auto path = lock_of_content(places_.own.hub_cache, content);
    if (!os::make_folders(path.parent_path())) return std::nullopt;
    auto lock = os::FileLock::try_acquire(path, os::LockUsers::everybody);
    return lock ? std::move(*lock) : std::nullopt;
  }

  Expected<void> unless_fetched(const fs::path& content, const fs::path& file) {
    const auto locked = lock(content);
    return locked ? found(file, Leftover::Kind::unfinished) : Expected<void>();
  }

  /// What was fetched a moment ago may have got its name since.
  Expected<void> unless_named(const fs::path& repository, const fs::path& content) {
    const auto locked = lock(content);
    if (!locked) return {};
    const auto named = named_contents(repository);
    const bool unnamed = named && !named->contains(content.filename().native());
    return unnamed ? found(content, Leftover::Kind::unnamed) : Expected<void>();
  }

  Expected<void> found(const fs::path& file, Leftover::Kind kind) {
    Leftover leftover{.path = file, .kind = kind, .size = size_on_disk(file)};
    if (then_ == Then::remove) {
      std::error_code code;
      if (!fs::remove(file, code)) return {};  // it stays: of another user, or gone by itself
    }
    found_.push_back(std::move(leftover));
    return {};
  }

  const LeftoverPlaces& places_;
  Then then_;
  std::set<std::string> contents_;  ///< digests of contents that are there
  bool complete_ = false;           ///< all of them are known
  std::vector<Leftover> found_;
};

}  // namespace

std::string_view to_string(Leftover::Kind kind) {
  switch (kind) {
    case Leftover::Kind::unfinished:
      return "unfinished";
    case Leftover::Kind::unnamed:
      return "unnamed";
    case Leftover::Kind::marks:
      return "marks";
    case Leftover::Kind::notes:
      return "notes";
  }
  return "unfinished";
}

Expected<std::vector<Leftover>> find_leftovers(const LeftoverPlaces& places) {
  return Search(places, Search::Then::tell).run();
}

Expected<std::vector<Leftover>> remove_leftovers(const LeftoverPlaces& places) {
  return Search(places, Search::Then::remove).run();
}

}  // namespace llf::store
