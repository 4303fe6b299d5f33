#pragma once

#include "base/expected.hpp"
#include "store/digest.hpp"
#include "store/hub_repository.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace llf::store {

/// A file of a repository at a commit, in a cache of Hugging Face's layout.
struct CachedFile {
  RepositoryName repository;
  std::string commit;  ///< see is_commit
  std::string path;    ///< see check_file_path
  Digest sha256;
};

/// What programs lock (flock) while they fetch a content, which stands in the blobs of a repository
/// of the cache `root`. Pure.
[[nodiscard]] std::filesystem::path lock_of_content(const std::filesystem::path& root,
                                                    const std::filesystem::path& content);

/// The same, whatever its content is.
struct SnapshotName {
  RepositoryName repository;
  std::string commit;
  std::string path;
};

/// Writes into a cache of Hugging Face's layout ("Hub Local Cache" of its documentation) so that
/// every program for it finds the files. Blocks. Any thread.
class HubCache {
 public:
  explicit HubCache(std::filesystem::path root) : root_(std::move(root)) {}

  [[nodiscard]] const std::filesystem::path& root() const { return root_; }

  /// Where the content of a file stands: named by its SHA-256.
  [[nodiscard]] std::filesystem::path blob(const CachedFile& file) const;
  /// Where the file stands as a link to its content.
  [[nodiscard]] std::filesystem::path snapshot(const CachedFile& file) const;
  /// Which file of which repository a name in a snapshot stands for; nothing for any other path.
  /// Pure.
  [[nodiscard]] std::optional<SnapshotName> name_of(const std::filesystem::path& name) const;

  /// The file that stands under this name in a snapshot; nothing for what is no such name, or is
  /// not said to have a SHA-256. A few system calls.
  [[nodiscard]] std::optional<CachedFile> find(const std::filesystem::path& name) const;
  /// What a program locks (flock) while it fetches the content.
  [[nodiscard]] std::filesystem::path lock(const CachedFile& file) const;

  /// Makes the folders that the content and its lock stand in. Errors: those of files.
  [[nodiscard]] Expected<void> prepare(const CachedFile& file) const;

  /// Shows the content, which is there, under the file's path, in one step; both names survive a
  /// power cut then. Errors: those of files.
  [[nodiscard]] Expected<void> show(const CachedFile& file) const;

  /// Says which commit a branch is at. Errors: those of files.
  [[nodiscard]] Expected<void> set_ref(const RepositoryName& repository, std::string_view branch,
                                       std::string_view commit) const;

 private:
  [[nodiscard]] std::filesystem::path folder(const RepositoryName& repository) const;

  std::filesystem::path root_;
};

}  // namespace llf::store
