#include "store/import.hpp"

#include "base/limits.hpp"
#include "gguf/facts.hpp"
#include "os/atomic_file.hpp"
#include "os/file_error.hpp"
#include "os/folders.hpp"
#include "os/umask.hpp"
#include "os/unique_fd.hpp"
#include "store/assembly.hpp"
#include "store/catalog.hpp"
#include "store/file_label.hpp"
#include "store/gguf_file.hpp"
#include "store/hash_marks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/fs.h>
#include <string_view>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

constexpr mode_t kForAll = 0644;
constexpr std::string_view kWasThere = "was there";
constexpr std::string_view kHardLink = "hard link";

std::unexpected<Error> import_error(std::string_view doing, const fs::path& path, int number) {
  return failure(os::file_error(doing, path, os::FileUse::write, number));
}

/// Of a part whose name does not say so: its others could not be found by it.
std::unexpected<Error> is_a_part(const fs::path& file, const gguf::Split& split) {
  return failure(ErrorKind::invalid,
                 fmt::format("{} is part {} of {} of a split model: name them "
                             "NAME-00001-of-{:05}.gguf and so on, and import the first",
                             file.native(), split.number, split.count, split.count));
}

/// The model files that are meant, each of them looked into.
Expected<std::vector<std::string>> files_to_import(const fs::path& from) {
  std::vector<std::string> files;
  std::error_code code;
  if (fs::is_directory(from, code)) {
    std::vector<FoundFile> found;
    for (fs::directory_iterator it(from, code), end; !code && it != end; it.increment(code)) {
      if (auto file = look_at(it->path())) found.push_back(*std::move(file));
    }
    const bool has_model = std::ranges::any_of(
        found, [](const FoundFile& file) { return file.label.kind == FileLabel::Kind::model; });
    if (!has_model) {
      return failure(
          ErrorKind::not_found,
          fmt::format("{} has no model: no .gguf files, or none but projectors", from.native()));
    }
    const auto missing = missing_parts(found);
    if (!missing.empty()) return failure(parts_are_missing(from.native(), missing));
    for (auto& file : found) files.push_back(std::move(file.path));
  } else {
    auto model = read_model_file(from.native());
    if (!model) return failure(model.error());
    files = model->files();
  }
  std::ranges::sort(files);
  for (const auto& file : files) {
    const auto header = read_gguf(file);
    if (!header) return failure(header.error());
    const auto split = gguf::facts_of(*header).split;
    if (split.count > 1 && std::cmp_not_equal(split.count, label_of(file).parts)) {
      return is_a_part(file, split);
    }
  }
  return files;
}

/// How files come, and how far their copies are.
struct Copying {
  ImportBy by;
  const HashProgress& progress;
  std::uint64_t done = 0;

  /// Whether to go on behind so many more bytes.
  bool add(ssize_t bytes) {
    done += static_cast<std::uint64_t>(bytes);
    return progress(done);
  }
};

std::unexpected<Error> stopped() {
  return failure(ErrorKind::cancelled, "the import was stopped");
}

/// Copies by read and write, what one system call cannot copy between two file systems. Returns an
/// error number.
int copy_by_hand(int from, int to, Copying& copying) {
  std::vector<char> buffer(limits::kHashRead.bytes());
  for (;;) {
    const auto got = ::read(from, buffer.data(), buffer.size());
    if (got == 0) return 0;
    if (got < 0 && errno != EINTR) return errno;
    for (ssize_t at = 0; at < got;) {
      const auto put = ::write(to, buffer.data() + at, static_cast<std::size_t>(got - at));
      if (put < 0 && errno != EINTR) return errno;
      at += std::max<ssize_t>(put, 0);
    }
    if (got > 0 && !copying.add(got)) return ECANCELED;
  }
}

/// Copies all of a file. Returns an error number.
int copy_bytes(int from, int to, Copying& copying) {
  ssize_t put = 0;
  while ((put = ::copy_file_range(from, nullptr, to, nullptr, limits::kCopyStep.bytes(), 0)) > 0) {
    if (!copying.add(put)) return ECANCELED;
  }
  if (put == 0) return 0;
  const bool cannot = errno == EXDEV || errno == EOPNOTSUPP || errno == EINVAL || errno == ENOSYS;
  if (!cannot) return errno;
  // What was copied so far is gone on from: both stand behind it.
  return copy_by_hand(from, to, copying);
}

/// Copies, by shared blocks where the file system can, into a new file that gets its name when
/// whole. False when it may only share blocks and there are none.
Expected<bool> copy_file(const fs::path& from, const fs::path& to, Copying& copying) {
  // Of this thread alone: two imports at once may have one target.
  const auto temporary = fs::path(to) += fmt::format(".llf-import-{}", ::gettid());
  const os::UniqueFd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source) return import_error("opening", from, errno);
  ::unlink(temporary.c_str());  // of a daemon that was killed
  os::UniqueFd target(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kForAll));
  if (!target) return import_error("making", temporary, errno);
  os::share(target.get(), kForAll);
  int error = 0;
  bool done = ::ioctl(target.get(), FICLONE, source.get()) == 0;
  if (!done && copying.by == ImportBy::copying) {
    error = copy_bytes(source.get(), target.get(), copying);
    done = error == 0;
  }
  if (done && ::fsync(target.get()) != 0) error = errno;
  if (done && error == 0 && ::rename(temporary.c_str(), to.c_str()) != 0) error = errno;
  if (done && error == 0) return true;
  ::unlink(temporary.c_str());
  if (error == ECANCELED) return stopped();
  if (error != 0) return import_error("copying to", to, error);
  return false;
}

/// Whether a file has one name only, and is no link: what it says nobody else changes.
bool is_of_its_own(const fs::path& file) {
  std::error_code code;
  return fs::symlink_status(file, code).type() == fs::file_type::regular &&
         fs::hard_link_count(file, code) == 1;
}

Expected<void> sync_content(const fs::path& file) {
  const os::UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) return import_error("saving", file, errno);
  return {};
}

/// Whether `other` is there and has the same bytes; where the sizes differ nothing is read.
Expected<bool> same_content(const fs::path& one, const fs::path& other, const Copying& copying) {
  std::error_code code;
  if (fs::equivalent(one, other, code)) return true;
  if (!fs::is_regular_file(other, code) || fs::file_size(one, code) != fs::file_size(other, code)) {
    return false;
  }
  const auto goes_on = [&](std::uint64_t) { return copying.progress(copying.done); };
  const auto first = hash_file(one, goes_on);
  if (!first) return failure(first.error());
  const auto second = hash_file(other, goes_on);
  if (!second) return failure(second.error());
  return first->sha256 == second->sha256;
}

Expected<std::string> import_file(const fs::path& from, const fs::path& to, Copying& copying) {
  std::error_code code;
  // A copy of an earlier import, too: it may have been ended between two files.
  const auto same = same_content(from, to, copying);
  if (!same) return failure(same.error());
  const bool copies = copying.by == ImportBy::copying;
  if (*same && (!copies || is_of_its_own(to))) return std::string(kWasThere);
  if (!*same && fs::exists(fs::symlink_status(to, code))) {
    return failure(ErrorKind::conflict,
                   fmt::format("{} is there already and is another file: remove or rename one of "
                               "the two",
                               to.native()));
  }
  const auto copied = copy_file(from, to, copying);
  if (!copied) return failure(copied.error());
  if (*copied) return std::string(copies ? "copy" : "reflink");
  fs::create_hard_link(fs::canonical(from, code), to, code);
  if (!code) return std::string(kHardLink);
  fs::create_symlink(fs::canonical(from, code), to, code);
  if (!code) return std::string("link");
  return import_error("linking", to, code.value());
}

/// All of them or none; a name that appears is on the disk then.
Expected<std::vector<Imported>> import_into(const fs::path& folder,
                                            const std::vector<std::string>& files,
                                            Copying copying) {
  std::vector<Imported> imported;
  std::vector<fs::path> made;
  Expected<void> done;
  std::error_code code;
  for (const fs::path from : files) {
    const auto to = folder / from.filename();
    const bool is_new = !fs::exists(fs::symlink_status(to, code));
    auto how = import_file(from, to, copying);
    if (!how) {
      done = failure(how.error());
      break;
    }
    if (is_new) made.push_back(to);
    imported.push_back({.from = from, .to = to, .how = *std::move(how)});
    // Who put the file there may not have waited for the disk.
    if (imported.back().how == kHardLink) done = sync_content(to);
    if (!done) break;
  }
  // Also of names that were there: an earlier try may have failed here.
  if (done) done = os::sync_folder(folder);
  if (done) return imported;
  for (const auto& name : made) fs::remove(name, code);
  return failure(done.error());
}

}  // namespace

Expected<std::vector<Imported>> import_models(const fs::path& from, const fs::path& folder,
                                              ImportBy by, const HashProgress& progress) {
  const auto files = files_to_import(from);
  if (!files) return failure(files.error());
  const auto own = folder_of_their_own(*files);
  const auto target = own.empty() ? folder : folder / own;
  if (auto made = os::make_folders(target); !made) return failure(made.error());
  auto imported = import_into(target, *files, {.by = by, .progress = progress});
  std::error_code code;
  if (!imported && !own.empty()) fs::remove(target, code);  // unless something else is in it
  return imported;
}

}  // namespace llf::store
