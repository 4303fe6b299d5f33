#include "store/leftovers.hpp"

#include "base/limits.hpp"
#include "os/file_error.hpp"
#include "os/file_lock.hpp"
#include "store/digest.hpp"
#include "store/hub_cache.hpp"
#include "store/hub_repository.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
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
    if (++entries > limits::kModelFolderEntries) break;
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
    auto done = for_each_entry(places_.own.hub_cache, [this](const fs::path& entry) {
      return repository_of_folder(entry.filename().native()) ? repository(entry) : Expected<void>();
    });
    if (done)
      done = for_each_entry(places_.own.folder, [this](const fs::path& entry) {
        const bool import = entry.filename().native().contains(kImportMark);
        const auto place = place_of_part(entry);
        const bool left = import || (place && !places_.wanted.contains(*place));
        return left ? found(entry, Leftover::Kind::unfinished) : Expected<void>();
      });
    if (done)
      done = for_each_entry(places_.marks, [this](const fs::path& entry) {
        const bool used = contents_.contains(entry.filename().native());
        return used ? Expected<void>() : found(entry, Leftover::Kind::marks);
      });
    if (!done) return failure(done.error());
    return std::move(found_);
  }

 private:
  /// The contents that the revisions of a repository name.
  static Expected<std::set<std::string>> named_contents(const fs::path& repository) {
    std::set<std::string> named;
    std::error_code code;
    const auto snapshots = repository / "snapshots";
    if (!fs::exists(snapshots, code)) return named;
    std::size_t entries = 0;
    for (fs::recursive_directory_iterator it(snapshots, code), end; !code && it != end;
         it.increment(code)) {
      // Of a repository that is not looked through to its end nothing is known to be unnamed.
      if (++entries > limits::kModelFolderEntries) {
        return failure(ErrorKind::too_large,
                       fmt::format("{} has more than {} entries", snapshots.native(),
                                   limits::kModelFolderEntries));
      }
      std::error_code ignored;
      const auto target = fs::read_symlink(it->path(), ignored);
      if (!ignored) named.insert(target.filename().native());
    }
    if (!code) return named;
    return failure(os::file_error("looking through", snapshots, os::FileUse::read, code.value()));
  }

  Expected<void> repository(const fs::path& repository) {
    const auto named = named_contents(repository);
    if (!named) return failure(named.error());
    return for_each_entry(repository / "blobs", [&](const fs::path& entry) -> Expected<void> {
      const auto name = entry.filename().native();
      if (const auto place = place_of_part(entry)) {
        if (places_.wanted.contains(*place)) return {};
        return unless_locked(*place, entry, Leftover::Kind::unfinished);
      }
      if (Digest::parse(name)) contents_.insert(name);
      // Other programs' unfinished files have an ending.
      if (named->contains(name) || name.contains('.')) return {};
      contents_.erase(name);
      return unless_locked(entry, entry, Leftover::Kind::unnamed);
    });
  }

  /// Nothing that a program is fetching: what it fetched gets its name a moment later.
  Expected<void> unless_locked(const fs::path& content, const fs::path& file, Leftover::Kind kind) {
    const auto path = lock_of_content(places_.own.hub_cache, content);
    std::error_code code;
    if (!fs::exists(path, code)) return found(file, kind);
    const auto lock = os::FileLock::try_acquire(path, os::LockUsers::everybody);
    return lock && *lock ? found(file, kind) : Expected<void>();
  }

  Expected<void> found(const fs::path& file, Leftover::Kind kind) {
    Leftover leftover{.path = file, .kind = kind, .size = size_on_disk(file)};
    if (then_ == Then::remove) {
      std::error_code code;
      fs::remove(file, code);
      if (code) {
        return failure(os::file_error("removing", file, os::FileUse::replace, code.value()));
      }
    }
    found_.push_back(std::move(leftover));
    return {};
  }

  const LeftoverPlaces& places_;
  Then then_;
  std::set<std::string> contents_;  ///< digests of the contents that stay
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
