#pragma once

#include "os/unique_fd.hpp"

#include <cstddef>
#include <filesystem>

namespace llf::os {

/// Tells whether something was made, removed, renamed or written in any of some folders since they
/// were added (inotify(7)). What another machine does on a shared disk it cannot see. One thread at
/// a time.
class FolderWatch {
 public:
  /// Where the system has no watches left it says for ever that something has changed.
  FolderWatch();

  /// Watches a folder, not those below it. Look into it only after: nothing is missed then.
  void add(const std::filesystem::path& folder);

  /// Once true it stays so. Does not block.
  [[nodiscard]] bool changed();

 private:
  UniqueFd fd_;
  std::size_t watches_ = 0;
  bool changed_ = false;
};

}  // namespace llf::os
