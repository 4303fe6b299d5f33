#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "os/unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace llf::os {

/// Who may hold a lock.
enum class LockUsers : std::uint8_t {
  owner,      ///< its file is made for its owner alone: 0600
  everybody,  ///< for all whom the umask leaves in, as in a cache that users share: 0666
};

/// An exclusive lock on a file (flock), held until destruction or the end of the process, however
/// it ends: it can never be stale. The file stays; its existence means nothing. Children do not
/// inherit it.
class FileLock {
 public:
  /// The lock, or nothing when another process (or FileLock) holds it. Creates the file.
  [[nodiscard]] static Expected<std::optional<FileLock>> try_acquire(
      const std::filesystem::path& path, LockUsers users = LockUsers::owner);

  /// Waits for the lock. Blocks the thread: for `llf`, and for `llfd` before its loop runs.
  /// `timeout` after `limit`.
  [[nodiscard]] static Expected<FileLock> acquire(const std::filesystem::path& path, Duration limit,
                                                  LockUsers users = LockUsers::owner);

  /// One that this process got together with an open file, from the program that was here before
  /// it. Nothing when that is not this lock. Errors: io.
  [[nodiscard]] static Expected<std::optional<FileLock>> adopt(const std::filesystem::path& path,
                                                               UniqueFd fd);

  /// The same lock, for a program that takes this one's place: it is held until both are closed.
  /// Errors: io.
  [[nodiscard]] Expected<UniqueFd> copy() const;

 private:
  explicit FileLock(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace llf::os
