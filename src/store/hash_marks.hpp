#pragma once

#include "base/byte_range.hpp"
#include "base/expected.hpp"
#include "store/digest.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llf::store {

/// What the SHA-256 of a file had come to at every limits::kPart bytes. Kept of a file that was
/// right, it tells later which parts of it are damaged: each is hashed from the mark before it to
/// the one behind it.
struct HashMarks {
  std::vector<Sha256State> states;

  /// As lines, and back; nothing for what is no such text, or was made with other distances.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] static std::optional<HashMarks> parse(std::string_view text);
};

/// Computes the SHA-256 of bytes as they come, and its marks. One thread at a time.
class MarkingSha256 {
 public:
  void add(std::span<const char> bytes);
  /// Of all bytes so far; nothing is added after it.
  [[nodiscard]] Digest finish() { return hash_.finish(); }
  [[nodiscard]] const HashMarks& marks() const { return marks_; }

 private:
  Sha256 hash_;
  HashMarks marks_;
  std::uint64_t bytes_ = 0;
};

/// A file, read to its end.
struct HashedFile {
  Digest sha256;
  std::uint64_t size = 0;
  HashMarks marks;
};

/// Told how many bytes are done; false stops the work.
using HashProgress = std::function<bool(std::uint64_t)>;

/// Errors: those of files; cancelled when `progress` stops it. Blocks. Any thread.
[[nodiscard]] Expected<HashedFile> hash_file(const std::filesystem::path& path,
                                             const HashProgress& progress);

/// Keeps the marks of a right file in a folder, by its digest; what cannot be kept is only missed
/// when the file is damaged. Blocks.
void save_marks(const std::filesystem::path& folder, const Digest& sha256, const HashMarks& marks);
[[nodiscard]] std::optional<HashMarks> load_marks(const std::filesystem::path& folder,
                                                  const Digest& sha256);

/// A file as it should be.
struct RightFile {
  Digest sha256;
  HashMarks marks;
};

/// Adds a range behind the others; adjacent ones become one, an empty one is none.
void add_range(std::vector<ByteRange>& ranges, ByteRange range);

/// Which bytes of a file are not as they should be; adjacent parts are one. Of one that is too long
/// not more than a part of what is too much, of one that is too short not what is missing.
/// Errors: as of hash_file. Blocks. Any thread.
[[nodiscard]] Expected<std::vector<ByteRange>> find_damage(const std::filesystem::path& path,
                                                           const RightFile& right,
                                                           const HashProgress& progress);

}  // namespace llf::store
