#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "os/unique_fd.hpp"

#include <filesystem>
#include <optional>

namespace llf::os {

/// An exclusive lock on a file (flock), held until destruction or the end of the process, however
/// it ends: it can never be stale. The file stays; its existence means nothing. Children do not
/// inherit it.
class FileLock {
 public:
  /// The lock, or nothing when another process (or FileLock) holds it. Creates the file, 0600.
  [[nodiscard]] static Expected<std::optional<FileLock>> try_acquire(
      const std::filesystem::path& path);

  /// Waits for the lock. Blocks the thread: for `llf`, and for `llfd` before its loop runs.
  /// `timeout` after `limit`.
  [[nodiscard]] static Expected<FileLock> acquire(const std::filesystem::path& path,
                                                  Duration limit);

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace llf::os
