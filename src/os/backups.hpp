#pragma once

#include "base/expected.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace llf::os {

/// A file as it was at some time.
struct Backup {
  std::filesystem::path path;
  std::int64_t unix_ms = 0;  ///< when it was kept, milliseconds since 1970
};

/// Files that are kept as they were before they were changed: STEM-MILLISECONDS.json in a folder of
/// their own. Blocks. Any thread; who writes holds a lock of the caller's.
class Backups {
 public:
  /// `stem`: of the names; `most`: so many are kept, the newest.
  Backups(std::filesystem::path folder, std::string stem, std::size_t most);

  /// Keeps `text`, durably, and removes what is too much. Returns where it is. Errors: those of
  /// files; the text is kept though when older ones could not be removed.
  [[nodiscard]] Expected<std::filesystem::path> keep(std::string_view text) const;

  /// Keeps `before` and writes `text` to `file` (write_user_file), durably; where that fails there
  /// is no new backup. Errors: those of files.
  [[nodiscard]] Expected<void> replace(const std::filesystem::path& file, std::string_view before,
                                       std::string_view text) const;

  /// What is kept, the newest first; nothing without the folder. Errors: those of folders.
  [[nodiscard]] Expected<std::vector<Backup>> list() const;

 private:
  [[nodiscard]] Expected<std::filesystem::path> add(std::string_view text) const;
  void prune() const;

  std::filesystem::path folder_;
  std::string stem_;
  std::size_t most_;
};

}  // namespace llf::os
