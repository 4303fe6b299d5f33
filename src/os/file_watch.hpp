#pragma once

#include "base/expected.hpp"
#include "os/unique_fd.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <utility>

namespace llf::os {

/// Tells, once, when a file may have another content: written and closed, replaced, made, removed,
/// or, of a link, that it leads elsewhere or its target changed (inotify(7)). The file need not
/// exist; its folder must. One thread.
class FileWatch {
 public:
  /// Errors: those of the folder; `unavailable` when the system has no watches left.
  [[nodiscard]] static Expected<FileWatch> create(const std::filesystem::path& file);

  /// Readable when something has happened in the folder.
  [[nodiscard]] int fd() const { return fd_.get(); }

  /// Takes what has happened: whether the file may be another one now. Then this watch has served,
  /// since a link may lead elsewhere: make a new one, and read the file after that. Does not block.
  [[nodiscard]] bool take();

 private:
  explicit FileWatch(UniqueFd fd) : fd_(std::move(fd)) {}

  [[nodiscard]] Expected<void> add(const std::filesystem::path& file);

  UniqueFd fd_;
  std::multimap<int, std::string> names_;  ///< watch → the names that count there
};

}  // namespace llf::os
