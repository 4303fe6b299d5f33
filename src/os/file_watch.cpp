#include "os/file_watch.hpp"

#include "base/limits.hpp"

#include <climits>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <sys/inotify.h>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                                  IN_CREATE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF |
                                  IN_ONLYDIR;

/// Where a link leads; empty: it is none.
fs::path target_of(const fs::path& path) {
  std::error_code error;
  auto target = fs::read_symlink(path, error);
  return error ? fs::path() : target;
}

/// Puts the names of `path` on top, its first one topmost.
void push_names(std::vector<fs::path>& names, const fs::path& path) {
  const std::vector<fs::path> more(path.begin(), path.end());
  names.insert(names.end(), more.rbegin(), more.rend());
}

}  // namespace

Expected<FileWatch> FileWatch::create(std::span<const fs::path> files) {
  FileWatch watch(UniqueFd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)));
  if (!watch.fd_) return failure(errno_error("watching files", errno));
  for (const auto& file : files) {
    const auto added = watch.add_file(file);
    if (added) continue;
    const bool is_first = &file == files.data();
    if (is_first || added.error().kind == ErrorKind::unavailable) return failure(added.error());
  }
  return watch;
}

/// Watches the file's folder, then goes the way to the file name by name.
Expected<void> FileWatch::add_file(const fs::path& file) {
  if (file.native().size() >= PATH_MAX) {
    return failure(errno_error("watching a file", ENAMETOOLONG));
  }
  const auto folder = add(file.parent_path(), file.filename());
  std::vector<fs::path> names;
  push_names(names, file);
  fs::path at = "/";
  for (int links = 0; !names.empty();) {
    const auto name = std::move(names.back());
    names.pop_back();
    if (name.empty() || name == ".") continue;
    if (name == "..") {
      at = at.parent_path();
      continue;
    }
    if (!target_of(at / name).empty()) {
      if (++links > limits::kLinks) return folder;
      const auto added = add(at, name);
      if (!added && added.error().kind == ErrorKind::unavailable) return added;
      // Read again: from here on the watch tells when it leads elsewhere.
      if (const auto target = target_of(at / name); !target.empty()) {
        push_names(names, target);
        continue;
      }
    }
    at /= name;  // a name that is "/" begins anew
  }
  const auto real = add(at.parent_path(), at.filename());
  if (!folder) return folder;
  return real || real.error().kind == ErrorKind::not_found ? Expected<void>() : real;
}

Expected<void> FileWatch::add(const fs::path& folder, const std::string& name) {
  const int watch = ::inotify_add_watch(fd_.get(), folder.c_str(), kEvents);
  if (watch >= 0) {
    names_.emplace(watch, name);
    return {};
  }
  const int error = errno;
  const auto what = fmt::format("watching {}", folder.native());
  if (error != ENOSPC) return failure(errno_error(what, error));
  return failure(ErrorKind::unavailable,
                 fmt::format("{}: no watch is left, raise fs.inotify.max_user_watches", what));
}

bool FileWatch::take() {
  constexpr std::size_t kBuffer = 4096;
  alignas(inotify_event) std::array<char, kBuffer> buffer{};
  bool changed = false;
  for (;;) {
    const auto size = ::read(fd_.get(), buffer.data(), buffer.size());
    if (size <= 0) break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof(event));
      const std::string name = event.len > 0 ? buffer.data() + at + sizeof(event) : "";
      at += sizeof(event) + event.len;
      const bool gone = (event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_Q_OVERFLOW)) != 0;
      changed = changed || gone || names_.contains({event.wd, name});
    }
  }
  return changed;
}

}  // namespace llf::os
