#include "store/bundle_export.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "os/atomic_file.hpp"
#include "os/file_error.hpp"
#include "os/folders.hpp"
#include "os/rename.hpp"
#include "os/unique_fd.hpp"
#include "store/bundle_plan.hpp"
#include "store/disk_write.hpp"
#include "store/tar.hpp"
#include "store/verification.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <span>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> export_error(std::string_view doing, const fs::path& path) {
  return failure(os::file_error(doing, path, os::FileUse::write, errno));
}

/// The file that becomes the bundle: beside it, ours alone, and gone unless it gets its name. One
/// that a killed daemon left is used again.
class UnfinishedBundle {
 public:
  static Expected<UnfinishedBundle> open(const fs::path& bundle, const fs::path& own) {
    const auto path =
        bundle.parent_path() / fmt::format(".{}{}", bundle.filename().native(), kUnfinishedBundle);
    os::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) return export_error("making", bundle);
    struct stat facts{};
    struct stat named{};
    const bool ours = ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0 && ::fstat(fd.get(), &facts) == 0 &&
                      ::lstat(path.c_str(), &named) == 0 && facts.st_ino == named.st_ino;
    if (!ours) {
      return failure(ErrorKind::conflict,
                     fmt::format("another export writes {} just now", bundle.native()));
    }
    UnfinishedBundle file(std::move(fd), path, own);
    if (::ftruncate(file.fd(), 0) != 0) return export_error("emptying", path);
    return file;
  }

  UnfinishedBundle(UnfinishedBundle&&) noexcept = default;
  UnfinishedBundle& operator=(UnfinishedBundle&&) = delete;
  ~UnfinishedBundle() {
    // Before the lock goes with the descriptor.
    if (!fd_) return;
    ::unlink(path_.c_str());
    ::unlink(note_.c_str());
  }

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] const fs::path& path() const { return path_; }

  Expected<void> name(const fs::path& bundle, BundleOrder::Existing existing) {
    if (existing == BundleOrder::Existing::refuse) {
      if (auto named = os::rename_to_new(path_, bundle); !named) return named;
    } else if (::rename(path_.c_str(), bundle.c_str()) != 0) {
      return export_error("replacing", bundle);
    }
    fd_.reset();
    ::unlink(note_.c_str());
    auto synced = os::sync_folder(bundle.parent_path());
    // What is told as failed is not there, but where it took the place of another.
    if (!synced && existing == BundleOrder::Existing::refuse) ::unlink(bundle.c_str());
    return synced;
  }

 private:
  UnfinishedBundle(os::UniqueFd fd, fs::path path, const fs::path& own)
      : fd_(std::move(fd)), path_(std::move(path)) {
    if (own.empty()) return;
    note_ = own / (sha256(path_.native()).hex() + std::string(kUnfinishedBundle));
    // Without a note nothing is found after a kill, which is no reason to make no bundle.
    std::error_code code;
    if (os::make_folders(own)) fs::create_symlink(path_, note_, code);
  }

  os::UniqueFd fd_;
  fs::path path_;
  fs::path note_;
};

Expected<void> check_place(const BundleOrder& order) {
  std::error_code code;
  const auto status = fs::symlink_status(order.to, code);
  if (!fs::exists(status)) return {};
  if (fs::is_directory(order.to, code)) {
    return failure(ErrorKind::invalid,
                   fmt::format("{} is a folder: name a file in it", order.to.native()));
  }
  if (order.existing == BundleOrder::Existing::replace) {
    if (fs::is_regular_file(status) || fs::is_symlink(status)) return {};
    return failure(ErrorKind::invalid, fmt::format("{} is not a file", order.to.native()));
  }
  return failure(ErrorKind::conflict,
                 fmt::format("{} is there already: --replace overwrites it", order.to.native()));
}

/// Writes the files of a plan one after the other, each hashed on its way.
class BundleWriter {
 public:
  BundleWriter(const UnfinishedBundle& file, BundlePlan plan, const HashProgress& progress)
      : file_(file),
        plan_(std::move(plan)),
        progress_(progress),
        disk_(file.fd(), file.path()),
        tar_(disk_) {}

  /// Digests are known when all is written: the manifest, which comes first, is written again then.
  Expected<BundleManifest> write(const BundleOrder& order) {
    const auto first = write_manifest(plan_.manifest);
    const TarEntry entry{
        .name = std::string(kManifestName), .size = first.size(), .modified = order.model.modified};
    if (auto begun = tar_.begin(entry); !begun) return failure(begun.error());
    const auto place = static_cast<off_t>(disk_.written());
    if (auto put = tar_.write(first); !put) return failure(put.error());
    for (std::size_t i = 0; i < plan_.sources.size(); ++i) {
      if (auto copied = copy(i, order.model.modified); !copied) return failure(copied.error());
    }
    for (std::size_t i = 0; i < order.texts.size(); ++i) {
      const auto& file = plan_.manifest.files[plan_.sources.size() + i];
      auto put =
          tar_.begin({.name = file.name, .size = file.size, .modified = order.model.modified});
      if (put) put = tar_.write(order.texts[i].content);
      if (!put) return failure(put.error());
    }
    if (auto ended = tar_.end(); !ended) return failure(ended.error());
    const auto last = write_manifest(plan_.manifest);
    LLF_ASSERT(last.size() == first.size());
    if (std::cmp_not_equal(::pwrite(file_.fd(), last.data(), last.size(), place), last.size())) {
      return export_error("writing", file_.path());
    }
    // What no llf would take is no bundle.
    if (auto read = read_manifest(last); !read) return read;
    if (auto saved = disk_.finish(); !saved) return failure(saved.error());
    return plan_.manifest;
  }

 private:
  Expected<void> copy(std::size_t index, std::int64_t modified) {
    auto& file = plan_.manifest.files[index];
    const auto& source = plan_.sources[index];
    if (auto begun = tar_.begin({.name = file.name, .size = file.size, .modified = modified});
        !begun) {
      return begun;
    }
    const os::UniqueFd fd(::open(source.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!fd) return failure(os::file_error("opening", source, os::FileUse::read, errno));
    Sha256 hash;
    std::string block(limits::kHashRead.bytes(), '\0');
    for (std::uint64_t left = file.size; left > 0;) {
      const auto got = ::read(fd.get(), block.data(), std::min<std::uint64_t>(left, block.size()));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return failure(os::file_error("reading", source, os::FileUse::read, errno));
      if (got == 0) {
        return failure(ErrorKind::conflict,
                       fmt::format("{} became shorter while it was read", source.native()));
      }
      const std::span<const char> bytes(block.data(), static_cast<std::size_t>(got));
      hash.add(bytes);
      if (auto put = tar_.write(bytes); !put) return put;
      left -= bytes.size();
      done_ += bytes.size();
      if (!progress_(done_)) return failure(ErrorKind::cancelled, "the export was stopped");
    }
    file.sha256 = hash.finish();
    const auto expected = expected_digest(source);
    if (!expected || *expected == file.sha256) return {};
    return failure(ErrorKind::corrupt,
                   fmt::format("{} is damaged: `llf model verify` tells more", source.native()));
  }

  const UnfinishedBundle& file_;
  BundlePlan plan_;
  const HashProgress& progress_;
  DiskWrite disk_;
  TarWriter tar_;
  std::uint64_t done_ = 0;
};

}  // namespace

Expected<BundleManifest> export_bundle(const BundleOrder& order, const OwnFolders& own,
                                       const HashProgress& progress) {
  if (auto checked = check_place(order); !checked) return failure(checked.error());
  auto plan = plan_bundle(order.model, order.texts, own.hub_cache);
  if (!plan) return failure(plan.error());
  for (const auto& source : plan->sources) {
    std::error_code code;
    if (source != order.to && !fs::equivalent(source, order.to, code)) continue;
    return failure(ErrorKind::invalid,
                   fmt::format("{} is a file of the model itself", order.to.native()));
  }
  auto file = UnfinishedBundle::open(order.to, own.folder);
  if (!file) return failure(file.error());
  if (auto room = check_room(order.to.parent_path(), plan->manifest.size()); !room) {
    return failure(room.error());
  }
  plan->manifest.license = order.license;
  auto manifest = BundleWriter(*file, *std::move(plan), progress).write(order);
  if (!manifest) return manifest;
  if (auto named = file->name(order.to, order.existing); !named) return failure(named.error());
  return manifest;
}

}  // namespace llf::store
