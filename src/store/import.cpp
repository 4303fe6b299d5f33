#include "store/import.hpp"

#include "base/limits.hpp"
#include "os/file_error.hpp"
#include "os/unique_fd.hpp"
#include "store/assembly.hpp"
#include "store/catalog.hpp"
#include "store/gguf_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> import_error(std::string_view doing, const fs::path& path, int number) {
  return failure(os::file_error(doing, path, os::FileUse::write, number));
}

/// The model files that are meant, each of them looked into.
Expected<std::vector<fs::path>> files_to_import(const fs::path& from) {
  std::vector<fs::path> files;
  std::error_code code;
  if (fs::is_directory(from, code)) {
    for (fs::directory_iterator it(from, code), end; !code && it != end; it.increment(code)) {
      if (look_at(it->path())) files.push_back(it->path());
    }
    if (files.empty()) {
      return failure(ErrorKind::not_found, fmt::format("{} has no .gguf files", from.native()));
    }
  } else {
    auto model = read_model_file(from.native());
    if (!model) return failure(model.error());
    files.emplace_back(model->path);
    files.insert(files.end(), model->further.begin(), model->further.end());
  }
  std::ranges::sort(files);
  for (const auto& file : files) {
    if (const auto header = read_gguf(file); !header) return failure(header.error());
  }
  return files;
}

/// Copies by read and write, what one system call cannot copy between two file systems. Returns an
/// error number.
int copy_by_hand(int from, int to) {
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
  }
}

/// Copies all of a file. Returns an error number.
int copy_bytes(int from, int to) {
  ssize_t put = 0;
  while ((put = ::copy_file_range(from, nullptr, to, nullptr, limits::kCopyStep.bytes(), 0)) > 0) {
  }
  if (put == 0) return 0;
  const bool cannot = errno == EXDEV || errno == EOPNOTSUPP || errno == EINVAL || errno == ENOSYS;
  if (!cannot) return errno;
  // What was copied so far is gone on from: both stand behind it.
  return copy_by_hand(from, to);
}

/// Copies, by shared blocks where the file system can, into a new file that gets its name when
/// whole. False when `by` allows nothing but shared blocks and there are none.
Expected<bool> copy_file(const fs::path& from, const fs::path& to, ImportBy by) {
  // Of this thread alone: two imports at once may have one target.
  const auto temporary = fs::path(to) += fmt::format(".llf-import-{}", ::gettid());
  const os::UniqueFd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
  if (!source) return import_error("opening", from, errno);
  ::unlink(temporary.c_str());  // of a daemon that was killed
  os::UniqueFd target(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!target) return import_error("making", temporary, errno);
  int error = 0;
  bool done = ::ioctl(target.get(), FICLONE, source.get()) == 0;
  if (!done && by == ImportBy::copying) {
    error = copy_bytes(source.get(), target.get());
    if (error == 0 && ::fsync(target.get()) != 0) error = errno;
    done = error == 0;
  }
  if (done && ::rename(temporary.c_str(), to.c_str()) == 0) return true;
  if (done) error = errno;
  ::unlink(temporary.c_str());
  if (error != 0) return import_error("copying to", to, error);
  return false;
}

Expected<std::string> import_file(const fs::path& from, const fs::path& to, ImportBy by) {
  std::error_code code;
  if (fs::equivalent(from, to, code)) return std::string("was there");
  if (fs::exists(fs::symlink_status(to, code))) {
    return failure(ErrorKind::conflict,
                   fmt::format("{} is there already and is another file: remove or rename one of "
                               "the two",
                               to.native()));
  }
  const auto copied = copy_file(from, to, by);
  if (!copied) return failure(copied.error());
  if (*copied) return std::string(by == ImportBy::copying ? "copy" : "reflink");
  fs::create_hard_link(fs::canonical(from, code), to, code);
  if (!code) return std::string("hard link");
  fs::create_symlink(fs::canonical(from, code), to, code);
  if (!code) return std::string("link");
  return import_error("linking", to, code.value());
}

}  // namespace

Expected<std::vector<Imported>> import_models(const fs::path& from, const fs::path& folder,
                                              ImportBy by) {
  const auto files = files_to_import(from);
  if (!files) return failure(files.error());
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) return import_error("making", folder, code.value());
  std::vector<Imported> imported;
  for (const auto& file : *files) {
    const auto to = folder / file.filename();
    auto how = import_file(file, to, by);
    if (!how) {
      for (const auto& one : imported) {
        if (one.how != "was there") fs::remove(one.to, code);
      }
      return failure(how.error());
    }
    imported.push_back({.from = file, .to = to, .how = *std::move(how)});
  }
  return imported;
}

}  // namespace llf::store
