#include "os/file_watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/inotify.h>
#include <system_error>
#include <unistd.h>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                                  IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF;

}  // namespace

Expected<FileWatch> FileWatch::create(const fs::path& file) {
  FileWatch watch(UniqueFd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)));
  if (!watch.fd_) return failure(errno_error("watching files", errno));
  if (auto added = watch.add(file); !added) return failure(added.error());
  std::error_code error;
  const auto target = fs::canonical(file, error);
  if (error || target == file) return watch;
  if (auto added = watch.add(target); !added) return failure(added.error());
  return watch;
}

Expected<void> FileWatch::add(const fs::path& file) {
  const int watch = ::inotify_add_watch(fd_.get(), file.parent_path().c_str(), kEvents);
  if (watch < 0) {
    return failure(errno_error(fmt::format("watching {}", file.parent_path().native()), errno));
  }
  names_.emplace(watch, file.filename().string());
  return {};
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
      const auto [first, last] = names_.equal_range(event.wd);
      const bool counts =
          std::any_of(first, last, [&](const auto& one) { return one.second == name; });
      const bool gone = (event.mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_Q_OVERFLOW)) != 0;
      changed = changed || gone || counts;
    }
  }
  return changed;
}

}  // namespace llf::os
