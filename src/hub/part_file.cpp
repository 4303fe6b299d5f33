#include "hub/part_file.hpp"

#include "base/byte_size.hpp"
#include "base/limits.hpp"
#include "os/atomic_file.hpp"
#include "os/file_error.hpp"
#include "os/process_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace llf::hub {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> failed_to(std::string_view doing, const fs::path& path) {
  return failure(os::file_error(doing, path, os::FileUse::write, errno));
}

fs::path beside(const fs::path& place, std::string_view ending) {
  auto path = place;
  return path += ending;
}

std::unexpected<Error> no_room(const fs::path& folder, std::uint64_t needed,
                               std::uint64_t available) {
  return failure(ErrorKind::io,
                 fmt::format("the disk of {} is too full: {} are needed, {} are free (and {} of "
                             "them stay so). Free some, or set HF_HUB_CACHE to a folder on another "
                             "disk",
                             folder.native(), to_string(ByteSize(needed)),
                             to_string(ByteSize(available)), to_string(limits::kDiskReserve)));
}

/// Takes the space of the file. Where a file system cannot, what is missing is judged by what is
/// free.
Expected<void> take_space(int fd, std::uint64_t size, const fs::path& folder) {
  struct stat facts{};
  struct statvfs disk{};
  if (::fstat(fd, &facts) != 0 || ::fstatvfs(fd, &disk) != 0) {
    return failed_to("looking at", folder);
  }
  const auto taken = static_cast<std::uint64_t>(facts.st_blocks) * 512;
  const auto available = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  const auto needed = size > taken ? size - taken : 0;
  const auto usable = available - std::min(available, limits::kDiskReserve.bytes());
  if (needed > 0 && needed > usable) {
    return no_room(folder, needed, available);
  }
  if (size == 0 || ::fallocate(fd, 0, 0, static_cast<off_t>(size)) == 0) return {};
  if (errno == ENOSPC || errno == EDQUOT) return no_room(folder, needed, available);
  if (::ftruncate(fd, static_cast<off_t>(size)) == 0) return {};
  return failed_to("making", folder);
}

}  // namespace

fs::path PartFile::part_of(const fs::path& place) {
  return beside(place, ".llf-part");
}

fs::path PartFile::journal_of(const fs::path& place) {
  return beside(place, ".llf-journal");
}

Expected<PartFile> PartFile::open(const fs::path& place, const PartIdentity& identity,
                                  const std::string& boot) {
  const auto path = part_of(place);
  os::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!fd) return failed_to("making", path);
  struct stat facts{};
  if (::fstat(fd.get(), &facts) != 0) return failed_to("looking at", path);
  // A journal tells of bytes that are there: not without them.
  const bool whole = std::cmp_equal(facts.st_size, identity.size);
  if (!whole && ::ftruncate(fd.get(), 0) != 0) return failed_to("emptying", path);
  if (auto taken = take_space(fd.get(), identity.size, path.parent_path()); !taken) {
    return failure(taken.error());
  }
  auto journal = Journal::open(journal_of(place), identity, boot);
  if (!journal) return failure(journal.error());
  if (!whole) {
    if (auto reset = journal->reset(); !reset) return failure(reset.error());
  }
  return PartFile(place, std::move(fd), identity.size, *std::move(journal));
}

Expected<void> PartFile::write(std::uint64_t at, std::span<const char> bytes) {
  while (!bytes.empty()) {
    const auto put = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return failed_to("writing", part_of(place_));
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    at += static_cast<std::uint64_t>(put);
  }
  return {};
}

Expected<bool> PartFile::replace(std::uint64_t at, std::span<const char> bytes) {
  std::vector<char> old(bytes.size());
  const auto got = ::pread(fd_.get(), old.data(), old.size(), static_cast<off_t>(at));
  if (std::cmp_equal(got, old.size()) && std::ranges::equal(old, bytes)) return false;
  if (auto put = write(at, bytes); !put) return failure(put.error());
  return true;
}

Expected<void> PartFile::note(Range range) {
  if (auto noted = journal_.note(range); !noted) return noted;
  unsynced_ += range.size();
  // Begins to write in the background, so that the sync finds little left to do.
  static_cast<void>(::sync_file_range(fd_.get(), static_cast<off_t>(range.begin),
                                      static_cast<off_t>(range.size()), SYNC_FILE_RANGE_WRITE));
  if (unsynced_ < limits::kSyncStep.bytes()) return {};
  unsynced_ = 0;
  if (::fdatasync(fd_.get()) != 0) return lost();
  return journal_.synced();
}

/// After a failed sync nobody knows which bytes are on the disk (F27): none of them counts.
Expected<void> PartFile::lost() {
  auto error = failed_to("syncing", part_of(place_));
  remove(place_);
  return error;
}

Expected<void> PartFile::finish() {
  if (::fsync(fd_.get()) != 0) return lost();
  if (::rename(part_of(place_).c_str(), place_.c_str()) != 0) return failed_to("renaming", place_);
  if (auto synced = os::sync_folder(place_.parent_path()); !synced) return synced;
  std::error_code code;
  fs::remove(journal_of(place_), code);
  return {};
}

Expected<void> PartFile::take_back(const fs::path& place, const PartIdentity& identity,
                                   const RangeSet& good) {
  auto journal = Journal::open(journal_of(place), identity, os::boot_id().value_or(""));
  if (!journal) return failure(journal.error());
  if (auto reset = journal->reset(); !reset) return reset;
  for (const auto& range : good.ranges()) {
    if (auto noted = journal->note(range); !noted) return noted;
  }
  // They stood on the disk for long.
  if (auto synced = journal->synced(); !synced) return synced;
  if (::rename(place.c_str(), part_of(place).c_str()) != 0) return failed_to("renaming", place);
  return {};
}

void PartFile::remove(const fs::path& place) {
  std::error_code code;
  fs::remove(part_of(place), code);
  fs::remove(journal_of(place), code);
}

}  // namespace llf::hub
