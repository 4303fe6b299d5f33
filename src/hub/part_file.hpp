#pragma once

#include "base/expected.hpp"
#include "base/limits.hpp"
#include "hub/journal.hpp"
#include "hub/range_set.hpp"
#include "os/unique_fd.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <stop_token>
#include <string>

namespace llf::hub {

/// How a partial file is kept.
struct PartOptions {
  std::string boot;                                     ///< this start of the machine: os::boot_id
  std::uint64_t sync_step = limits::kSyncStep.bytes();  ///< so much came: it is put on the disk
};

/// A file while it is downloaded: the bytes that came and a journal of which they are, beside the
/// place where it will stand, under names of ours. It survives everything. One thread.
class PartFile {
 public:
  /// Opens what an earlier download left of the file that will stand at `place`, or begins anew.
  /// Space for all of it is taken at once, so that a full disk is known before anything comes.
  /// Errors: those of files; `io` with how much is missing when there is no room for it. They leave
  /// what came as it is.
  [[nodiscard]] static Expected<PartFile> open(const std::filesystem::path& place,
                                               const PartIdentity& identity,
                                               const PartOptions& options);

  /// How many bytes of a file are there: those that an open would find written; all when it stands
  /// at `place` and nothing is to replace it. Blocks.
  [[nodiscard]] static std::uint64_t look(const std::filesystem::path& place,
                                          const std::string& boot);

  /// The name of the partial file for a place, and of its journal.
  [[nodiscard]] static std::filesystem::path part_of(const std::filesystem::path& place);
  [[nodiscard]] static std::filesystem::path journal_of(const std::filesystem::path& place);

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] const RangeSet& written() const { return journal_.written(); }

  /// Writes bytes; `note` them within limits::kJournalStep, or they will be fetched again after a
  /// crash. Errors: those of files, a full disk among them.
  [[nodiscard]] Expected<void> write(std::uint64_t at, std::span<const char> bytes);

  /// The same, in the place of bytes that may be damaged. Returns those that were others, from the
  /// first to the last; nothing when none were.
  [[nodiscard]] Expected<std::optional<Range>> replace(std::uint64_t at,
                                                       std::span<const char> bytes);

  /// Keeps in mind that a range is written. From time to time puts all of it on the disk; when that
  /// fails, nothing of the file stays, since nobody knows what of it is there.
  [[nodiscard]] Expected<void> note(Range range);

  /// Nothing counts as written any more.
  [[nodiscard]] Expected<void> reset() { return journal_.reset(); }

  /// Puts everything on the disk and gives the file its place; what stood there is replaced. The
  /// journal goes.
  [[nodiscard]] Expected<void> finish();

  /// Whether there is one, with or without bytes that count. A system call.
  [[nodiscard]] static bool exists(const std::filesystem::path& place);

  /// Copies what is right of the file that stands at the place, where nothing came yet: only the
  /// rest is to come. One that lacks some of it is no help. Errors: those of files; `cancelled` by
  /// `stop`.
  [[nodiscard]] Expected<void> copy_right(const RangeSet& right, const std::stop_token& stop);

  /// Removes file and journal.
  static void remove(const std::filesystem::path& place);

 private:
  [[nodiscard]] Expected<void> lost();

  PartFile(std::filesystem::path place, os::UniqueFd fd, std::uint64_t size, Journal journal)
      : place_(std::move(place)), fd_(std::move(fd)), size_(size), journal_(std::move(journal)) {}

  std::filesystem::path place_;
  os::UniqueFd fd_;
  std::uint64_t size_ = 0;
  Journal journal_;
  std::uint64_t sync_step_ = 0;
  std::uint64_t unsynced_ = 0;
};

}  // namespace llf::hub
