#include "os/folder_watch.hpp"

#include "base/limits.hpp"

#include <cerrno>
#include <cstdint>
#include <sys/inotify.h>
#include <sys/ioctl.h>

namespace llf::os {
namespace {

constexpr std::uint32_t kFolderEvents = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                                        IN_CREATE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF |
                                        IN_ONLYDIR;

}  // namespace

FolderWatch::FolderWatch() : fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
  changed_ = !fd_;
}

void FolderWatch::add(const std::filesystem::path& folder) {
  if (changed_) return;
  if (++watches_ > limits::kModelWatches) {
    changed_ = true;
    return;
  }
  // A folder that is not there or not ours to read has nothing in it for us either.
  const bool added = ::inotify_add_watch(fd_.get(), folder.c_str(), kFolderEvents) >= 0;
  changed_ = !added && (errno == ENOSPC || errno == ENOMEM);
}

bool FolderWatch::changed() {
  int waiting = 0;
  if (!changed_) changed_ = ::ioctl(fd_.get(), FIONREAD, &waiting) != 0 || waiting > 0;
  return changed_;
}

}  // namespace llf::os
