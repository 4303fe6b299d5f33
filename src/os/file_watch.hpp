#pragma once

#include "base/expected.hpp"
#include "os/unique_fd.hpp"

#include <filesystem>
#include <set>
#include <span>
#include <string>
#include <utility>

namespace llf::os {

/// Tells, once, when one of some files may have another content: written and closed, replaced,
/// made, removed, its mode or owner changed, or a link on its path, be it the file or a folder,
/// leads elsewhere (inotify(7)). A file need not exist; its folder must. One thread.
class FileWatch {
 public:
  /// `files` are absolute. The first one counts: its folder must be watchable. Of the others
  /// nothing is watched in a folder that is missing or not readable, without an error; nor is what
  /// comes after more links than the kernel follows.
  /// Errors: those of the first file's folder; `unavailable` when the system has no watches left.
  [[nodiscard]] static Expected<FileWatch> create(std::span<const std::filesystem::path> files);

  /// Readable when something has happened in one of the folders.
  [[nodiscard]] int fd() const { return fd_.get(); }

  /// Takes what has happened: whether a file may be another one now. Then this watch has served,
  /// since a link may lead elsewhere: make a new one, and read the files after that. Does not
  /// block.
  [[nodiscard]] bool take();

 private:
  explicit FileWatch(UniqueFd fd) : fd_(std::move(fd)) {}

  [[nodiscard]] Expected<void> add_file(const std::filesystem::path& file);
  [[nodiscard]] Expected<void> add(const std::filesystem::path& folder, const std::string& name);

  UniqueFd fd_;
  std::set<std::pair<int, std::string>> names_;  ///< a watch and a name that counts there
};

}  // namespace llf::os
