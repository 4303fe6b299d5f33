#pragma once

#include "base/expected.hpp"
#include "hub/range_set.hpp"
#include "os/unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <string>

namespace llf::hub {

/// What a partial file is a part of: the same bytes, or it is of no use.
struct PartIdentity {
  std::uint64_t size = 0;
  std::string tag;  ///< its SHA-256, or the ETag of a file without one

  friend bool operator==(const PartIdentity&, const PartIdentity&) = default;
};

/// Which bytes of a partial file are written, kept in a file beside it that only grows. What was
/// noted survives that we are killed; that the machine is cut off, what was noted before the last
/// `synced`, since of the rest the notes may be on disk and the bytes not. One thread.
class Journal {
 public:
  /// Opens the journal of a partial file, new when there is none or it is of another file or not
  /// to be understood. `boot` is this start of the machine (os::boot_id). An older journal is gone
  /// from the disk then, and the names in the folder are on it. Errors: those of files.
  [[nodiscard]] static Expected<Journal> open(const std::filesystem::path& path,
                                              const PartIdentity& identity,
                                              const std::string& boot);

  /// How many bytes of a file of `size` an open of its journal would find written; 0 where there is
  /// none. Blocks.
  [[nodiscard]] static std::uint64_t look(const std::filesystem::path& path, std::uint64_t size,
                                          const std::string& boot);

  /// What is written.
  [[nodiscard]] const RangeSet& written() const { return written_; }

  /// Notes a range after it was written. Errors: those of files; after one nothing is noted any
  /// more, since it may have left half a line.
  [[nodiscard]] Expected<void> note(Range range);

  /// Notes that everything before is on the disk, and puts the notes there. Errors: those of files.
  [[nodiscard]] Expected<void> synced();

  /// Nothing is written (any more). Errors: those of files.
  [[nodiscard]] Expected<void> reset();

 private:
  Journal(std::filesystem::path path, std::string head);
  [[nodiscard]] Expected<void> append(std::string_view line);
  [[nodiscard]] Expected<void> begin_anew();
  [[nodiscard]] Expected<void> broken(std::string_view doing, int error_number);

  std::filesystem::path path_;
  std::string head_;
  os::UniqueFd fd_;
  RangeSet written_;
  RangeSet certain_;  ///< what of it was on the disk at the beginning
};

}  // namespace llf::hub
