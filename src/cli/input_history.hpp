#pragma once

#include "base/expected.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace llf::cli {

/// What was typed in chats, for the arrow keys: a file of lines, 0600, newest last, in which line
/// ends are "\n" and backslashes "\\". Several chats may append at once. Blocks on the disk.
class InputHistory {
 public:
  explicit InputHistory(std::filesystem::path path) : path_(std::move(path)) {}

  /// The newest limits::kHistoryEntries, at most limits::kHistoryFile; a larger file is cut to
  /// them. A missing or unreadable file is an empty history.
  [[nodiscard]] std::vector<std::string> load() const;

  /// Adds one entry, unless it is longer than limits::kHistoryEntry. Errors: io, forbidden,
  /// not_found (the folder).
  [[nodiscard]] Expected<void> append(std::string_view entry) const;

 private:
  std::filesystem::path path_;
};

}  // namespace llf::cli
