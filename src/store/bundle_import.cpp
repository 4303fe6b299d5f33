#include "store/bundle_import.hpp"

#include "base/limits.hpp"
#include "os/file_error.hpp"
#include "os/umask.hpp"
#include "os/unique_fd.hpp"
#include "store/bundle_target.hpp"
#include "store/disk_write.hpp"
#include "store/gguf_file.hpp"
#include "store/tar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> bundle_error(std::string_view doing, const fs::path& path) {
  return failure(os::file_error(doing, path, os::FileUse::read, errno));
}

std::unexpected<Error> is_damaged(const fs::path& path, std::string_view why) {
  return failure(ErrorKind::corrupt,
                 fmt::format("{} is cut or damaged: {}; copy it again", path.native(), why));
}

/// Whether a file begins as a tar archive does: POSIX.1-2001, ustar header block.
bool is_tar(int fd) {
  constexpr off_t kMagicPlace = 257;
  constexpr std::string_view kMagic = "ustar";
  std::array<char, kMagic.size()> bytes{};
  return std::cmp_equal(::pread(fd, bytes.data(), bytes.size(), kMagicPlace), bytes.size()) &&
         std::string_view(bytes.data(), bytes.size()) == kMagic;
}

/// A bundle, of which the manifest is read.
struct OpenBundle {
  fs::path path;
  os::UniqueFd fd;
  TarReader tar;
  BundleManifest manifest;
};

/// Reads all of a short entry.
Expected<std::string> read_short(TarReader& tar, std::uint64_t size) {
  std::string text(size, '\0');
  std::size_t at = 0;
  while (at < text.size()) {
    const auto got = tar.read(std::span(text).subspan(at));
    if (!got) return failure(got.error());
    if (*got == 0) break;
    at += *got;
  }
  text.resize(at);
  return text;
}

Expected<std::optional<OpenBundle>> open_bundle(const fs::path& path) {
  // O_NONBLOCK: a FIFO in the place of a file must not hang us.
  os::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return bundle_error("opening", path);
  struct stat facts{};
  if (::fstat(fd.get(), &facts) != 0) return bundle_error("looking at", path);
  if (!S_ISREG(facts.st_mode) || !is_tar(fd.get())) return std::nullopt;
  TarReader tar(fd.get(), path);
  const auto first = tar.next();
  if (!first) return failure(first.error());
  if (!*first || (*first)->name != kManifestName) {
    return failure(ErrorKind::invalid,
                   fmt::format("{} is no bundle of llf: it does not begin with {}", path.native(),
                               kManifestName));
  }
  if ((*first)->size > limits::kBundleManifest.bytes()) {
    return failure(ErrorKind::too_large,
                   fmt::format("{}: its manifest is longer than {}", path.native(),
                               to_string(limits::kBundleManifest)));
  }
  const auto text = read_short(tar, (*first)->size);
  if (!text) return failure(text.error());
  auto manifest = read_manifest(*text);
  if (!manifest) return failure(manifest.error().with_context(path.native()));
  if (std::cmp_less_equal(facts.st_size, manifest->size())) {
    return is_damaged(path, "it is shorter than what it holds");
  }
  return OpenBundle{
      .path = path, .fd = std::move(fd), .tar = std::move(tar), .manifest = *std::move(manifest)};
}

/// Unpacks the entries of a bundle, in the order of its manifest.
class Unpacking {
 public:
  Unpacking(OpenBundle& bundle, const BundleTarget& target, const HashProgress& progress)
      : bundle_(bundle), target_(target), progress_(progress) {}

  Expected<std::vector<BundleText>> run() {
    for (std::size_t i = 0; i < bundle_.manifest.files.size(); ++i) {
      const auto& file = bundle_.manifest.files[i];
      const auto entry = bundle_.tar.next();
      if (!entry) return failure(entry.error());
      if (!*entry || (*entry)->name != file.name || (*entry)->size != file.size) {
        return is_damaged(bundle_.path, fmt::format("{} is not where it should be", file.name));
      }
      const auto unpacked = file.is_text() ? text(file) : model(file, target_.places()[i]);
      if (!unpacked) return failure(unpacked.error());
    }
    const auto end = bundle_.tar.next();
    if (!end) return failure(end.error());
    if (*end) {
      return failure(ErrorKind::corrupt,
                     fmt::format("{} holds '{}', of which its manifest does not tell",
                                 bundle_.path.native(), (*end)->name));
    }
    return std::move(texts_);
  }

 private:
  using Take = std::function<Expected<void>(std::span<const char>)>;

  /// Gives away the content of an entry, and checks it.
  Expected<void> content(const BundleFile& file, const Take& take) {
    Sha256 hash;
    std::string block(limits::kHashRead.bytes(), '\0');
    std::uint64_t size = 0;
    for (;;) {
      const auto got = bundle_.tar.read(block);
      if (!got) return failure(got.error());
      if (*got == 0) break;
      const std::span<const char> bytes(block.data(), *got);
      hash.add(bytes);
      size += bytes.size();
      done_ += bytes.size();
      if (auto taken = take(bytes); !taken) return taken;
      if (!progress_(done_)) return failure(ErrorKind::cancelled, "the import was stopped");
    }
    if (size == file.size && hash.finish() == file.sha256) return {};
    return is_damaged(bundle_.path, fmt::format("the SHA-256 of {} is wrong", file.name));
  }

  Expected<void> text(const BundleFile& file) {
    BundleText text{.name = file.name, .content = {}};
    auto read = content(file, [&](std::span<const char> bytes) -> Expected<void> {
      text.content.append(bytes.data(), bytes.size());
      return {};
    });
    if (read) texts_.push_back(std::move(text));
    return read;
  }

  Expected<void> model(const BundleFile& file, const BundlePlace& place) {
    if (place.has_content) {
      return content(file, [](std::span<const char>) { return Expected<void>(); });
    }
    const os::UniqueFd fd(
        ::open(place.part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (!fd) return failure(os::file_error("making", place.part, os::FileUse::write, errno));
    constexpr mode_t kForAll = 0644;
    os::share(fd.get(), kForAll);
    DiskWrite disk(fd.get(), place.part);
    auto written = content(file, [&](std::span<const char> bytes) { return disk.write(bytes); });
    if (written) written = disk.finish();
    if (!written) return written;
    const auto header = read_gguf(place.part);
    if (header) return {};
    return failure(ErrorKind::corrupt, fmt::format("{} of the bundle is no model: {}", file.name,
                                                   header.error().message));
  }

  OpenBundle& bundle_;
  const BundleTarget& target_;
  const HashProgress& progress_;
  std::vector<BundleText> texts_;
  std::uint64_t done_ = 0;
};

fs::path shown_path(const BundlePlace& place, const fs::path& hub_cache) {
  return place.cached ? HubCache(hub_cache).snapshot(*place.cached) : place.content;
}

}  // namespace

Expected<std::optional<BundleManifest>> look_into_bundle(const fs::path& path) {
  auto bundle = open_bundle(path);
  if (!bundle) return failure(bundle.error());
  if (!*bundle) return std::nullopt;
  return std::move((*bundle)->manifest);
}

Expected<ImportedBundle> import_bundle(const fs::path& path, const OwnFolders& own,
                                       const HashProgress& progress) {
  auto bundle = open_bundle(path);
  if (!bundle) return failure(bundle.error());
  if (!*bundle) {
    return failure(ErrorKind::invalid, fmt::format("{} is no bundle of llf", path.native()));
  }
  auto target = BundleTarget::prepare((*bundle)->manifest, own, progress);
  if (!target) return failure(target.error());
  auto texts = Unpacking(**bundle, *target, progress).run();
  if (!texts) return failure(texts.error());
  if (auto published = target->publish(); !published) return failure(published.error());
  ImportedBundle imported{.files = {},
                          .texts = *std::move(texts),
                          .repository = (*bundle)->manifest.repository,
                          .license = (*bundle)->manifest.license};
  for (std::size_t i = 0; i < target->places().size(); ++i) {
    const auto& place = target->places()[i];
    imported.files.push_back(
        {.from = (*bundle)->manifest.files[i].name,
         .to = shown_path(place, own.hub_cache),
         .how = place.has_content && (!place.cached || place.is_shown) ? "was there" : "unpacked"});
  }
  return imported;
}

}  // namespace llf::store
