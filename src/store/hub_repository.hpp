#pragma once

#include "base/expected.hpp"
#include "store/digest.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace llf::store {

/// The name of a repository of the Hugging Face hub, "ORG/REPO": letters, digits, "-", "_" and "."
/// only, so that it can stand in a path and in a URL as it is.
class RepositoryName {
 public:
  /// Errors: `invalid`.
  [[nodiscard]] static Expected<RepositoryName> parse(std::string_view text);

  [[nodiscard]] const std::string& str() const { return text_; }
  /// Its folder in a cache: "models--ORG--REPO".
  [[nodiscard]] std::string folder() const;

  friend bool operator==(const RepositoryName&, const RepositoryName&) = default;

 private:
  explicit RepositoryName(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

/// The repository that a folder of a cache is named after; nothing for any other folder.
[[nodiscard]] std::optional<RepositoryName> repository_of_folder(std::string_view folder);

/// Whether a text is the name of a commit: 40 hexadecimal digits, lower case.
[[nodiscard]] bool is_commit(std::string_view text);

/// The commit that a ref of a repository's folder names; empty when there is none, or what it says
/// is no commit. Blocks.
[[nodiscard]] std::string read_ref(const std::filesystem::path& repository, std::string_view ref);

/// Checks the path of a file in a repository, which comes from a server and is a label until then
/// (SEC-31): relative, of names that are neither ".", ".." nor empty, without backslashes, control
/// characters, colons of a drive, and none longer than a file's name may be. Errors: `invalid`.
[[nodiscard]] Expected<void> check_file_path(std::string_view path);

}  // namespace llf::store
