#pragma once

#include "base/expected.hpp"
#include "store/digest.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace llf::store {

/// What a file was when it came, for files whose names do not say it. It is kept beside the file,
/// under its name with ".sha256" behind, as `sha256sum --check` reads it.
struct KeptDigest {
  Digest sha256;
  std::string source;  ///< its URL; empty: not known

  friend bool operator==(const KeptDigest&, const KeptDigest&) = default;
};

/// Where it is kept of a file. Pure.
[[nodiscard]] std::filesystem::path digest_file_of(const std::filesystem::path& file);

/// The SHA-256 that a text of sha256sum's form, or one of a digest alone, tells of the file `name`:
/// its first line that is no comment. Pure.
[[nodiscard]] std::optional<Digest> read_digest_text(std::string_view text, std::string_view name);

/// Errors: those of files. Blocks, as does the next.
[[nodiscard]] Expected<void> keep_digest(const std::filesystem::path& file, const KeptDigest& kept);

/// Nothing where nothing is kept, or what is there is of another file.
[[nodiscard]] std::optional<KeptDigest> kept_digest(const std::filesystem::path& file);

}  // namespace llf::store
