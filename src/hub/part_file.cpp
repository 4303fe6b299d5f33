#include "hub/part_file.hpp"

#include "base/byte_size.hpp"
#include "base/limits.hpp"
#include "hub/disk_room.hpp"
#include "os/atomic_file.hpp"
#include "os/file_error.hpp"
#include "os/process_facts.hpp"
#include "os/umask.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
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

/// The space of a file and of its disk, in bytes.
struct Room {
  std::uint64_t missing = 0;    ///< to the whole file
  std::uint64_t available = 0;  ///< to us
};

std::optional<Room> room_of(int fd, std::uint64_t size) {
  constexpr std::uint64_t kBlock = 512;
  struct stat facts{};
  struct statvfs disk{};
  if (::fstat(fd, &facts) != 0 || ::fstatvfs(fd, &disk) != 0) return std::nullopt;
  const auto taken = static_cast<std::uint64_t>(facts.st_blocks) * kBlock;
  return Room{.missing = size > taken ? size - taken : 0,
              .available = std::uint64_t{disk.f_bavail} * disk.f_frsize};
}

/// Whether there is room for the rest of a file.
Expected<void> check_room(int fd, std::uint64_t size, const fs::path& folder) {
  const auto room = room_of(fd, size);
  if (!room) return failed_to("looking at", folder);
  return check_download_room(folder, room->missing);
}

/// Takes the space of the file. Where a file system cannot, what is missing was judged by what is
/// free.
Expected<void> take_space(int fd, std::uint64_t size, const fs::path& folder) {
  const auto end = static_cast<off_t>(size);
  if (size == 0 || ::fallocate(fd, 0, 0, end) == 0) return {};
  const bool full = errno == ENOSPC || errno == EDQUOT;
  if (auto room = check_room(fd, size, folder); full && !room) return room;
  const bool cannot = errno == EOPNOTSUPP || errno == ENOSYS;
  if (cannot && ::ftruncate(fd, end) == 0) return {};
  return failed_to("taking space in", folder);
}

/// The error of a write below `folder`; what is missing where the disk of `fd` has become full.
std::unexpected<Error> failed_write(Error error, const fs::path& folder, int fd,
                                    std::uint64_t size) {
  const auto room = room_of(fd, size);
  if (!room || room->available >= limits::kDiskNotes.bytes()) return failure(std::move(error));
  return failure(
      ErrorKind::io,
      fmt::format("the disk of {} has become full: {} more are needed, {} are free. Free some: the "
                  "same download goes on from where it is",
                  folder.native(),
                  to_string(ByteSize(std::max(room->missing, limits::kDiskNotes.bytes()))),
                  to_string(ByteSize(room->available))));
}

}  // namespace

fs::path PartFile::part_of(const fs::path& place) {
  return beside(place, ".llf-part");
}

fs::path PartFile::journal_of(const fs::path& place) {
  return beside(place, ".llf-journal");
}

Expected<PartFile> PartFile::open(const fs::path& place, const PartIdentity& identity,
                                  const PartOptions& options) {
  const auto path = part_of(place);
  const auto folder = path.parent_path();
  constexpr mode_t kForAll = 0644;
  os::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kForAll));
  if (!fd) return failed_to("making", path);
  os::share(fd.get(), kForAll);
  struct stat facts{};
  if (::fstat(fd.get(), &facts) != 0) return failed_to("looking at", path);
  if (auto room = check_room(fd.get(), identity.size, folder); !room) return failure(room.error());
  auto journal = Journal::open(journal_of(place), identity, options.boot);
  if (!journal) return failed_write(journal.error(), folder, fd.get(), identity.size);
  // A journal tells of bytes that are there: not without them, and not of new ones in their place.
  if (!std::cmp_equal(facts.st_size, identity.size)) {
    if (journal->written().total() > 0) {
      if (auto reset = journal->reset(); !reset) return failure(reset.error());
    }
    if (facts.st_size > 0 && ::ftruncate(fd.get(), 0) != 0) return failed_to("emptying", path);
  }
  if (auto taken = take_space(fd.get(), identity.size, folder); !taken) {
    return failure(taken.error());
  }
  PartFile part(place, std::move(fd), identity.size, *std::move(journal));
  part.sync_step_ = options.sync_step;
  return part;
}

std::uint64_t PartFile::look(const fs::path& place, const std::string& boot) {
  std::error_code code;
  const bool comes = exists(place);
  const auto size = fs::file_size(comes ? part_of(place) : place, code);
  if (code) return 0;
  return comes ? Journal::look(journal_of(place), size, boot) : size;
}

bool PartFile::exists(const fs::path& place) {
  std::error_code code;
  return fs::is_regular_file(part_of(place), code);
}

Expected<void> PartFile::write(std::uint64_t at, std::span<const char> bytes) {
  while (!bytes.empty()) {
    const auto put = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) {
      const auto part = part_of(place_);
      return failed_write(os::file_error("writing", part, os::FileUse::write, errno),
                          part.parent_path(), fd_.get(), size_);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    at += static_cast<std::uint64_t>(put);
  }
  return {};
}

Expected<std::optional<Range>> PartFile::replace(std::uint64_t at, std::span<const char> bytes) {
  std::vector<char> old(bytes.size());
  const auto got = ::pread(fd_.get(), old.data(), old.size(), static_cast<off_t>(at));
  Range others{.begin = at, .end = at + bytes.size()};
  if (std::cmp_equal(got, old.size())) {  // else nothing of it can be read, which damage may cause
    const auto first = std::ranges::mismatch(old, bytes).in1;
    if (first == old.end()) return std::optional<Range>();
    const auto last = std::mismatch(old.rbegin(), old.rend(), bytes.rbegin()).first;
    others.begin = at + static_cast<std::uint64_t>(first - old.begin());
    others.end = at + static_cast<std::uint64_t>(old.rend() - last);
  }
  if (auto put = write(others.begin, bytes.subspan(others.begin - at, others.size())); !put) {
    return failure(put.error());
  }
  return others;
}

Expected<void> PartFile::note(Range range) {
  if (auto noted = journal_.note(range); !noted) {
    return failed_write(noted.error(), place_.parent_path(), fd_.get(), size_);
  }
  unsynced_ += range.size();
  // Begins to write in the background, so that the sync finds little left to do.
  static_cast<void>(::sync_file_range(fd_.get(), static_cast<off_t>(range.begin),
                                      static_cast<off_t>(range.size()), SYNC_FILE_RANGE_WRITE));
  if (unsynced_ < sync_step_) return {};
  unsynced_ = 0;
  if (::fdatasync(fd_.get()) != 0) return lost();
  return journal_.synced();
}

/// After a failed sync nobody knows which bytes are on the disk (F27): none of them counts.
Expected<void> PartFile::lost() {
  auto error = failed_to("syncing", part_of(place_));
  error.error().message += ". Nobody knows what of it is on the disk: all of it will come again";
  remove(place_);
  return error;
}

Expected<void> PartFile::finish() {
  if (::fsync(fd_.get()) != 0) return lost();
  if (::rename(part_of(place_).c_str(), place_.c_str()) != 0) return failed_to("renaming", place_);
  auto synced = os::sync_folder(place_.parent_path());
  std::error_code code;
  fs::remove(journal_of(place_), code);
  return synced;
}

Expected<void> PartFile::copy_right(const RangeSet& right, const std::stop_token& stop) {
  if (written().total() > 0) return {};
  const os::UniqueFd from(::open(place_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts{};
  if (!from || ::fstat(from.get(), &facts) != 0) return failed_to("opening", place_);
  const auto last = right.ranges().empty() ? 0 : right.ranges().back().end;
  if (!S_ISREG(facts.st_mode) || std::cmp_less(facts.st_size, last)) return {};
  std::vector<char> buffer(limits::kHashRead.bytes());
  for (const auto& range : right.ranges()) {
    for (auto at = range.begin; at < range.end;) {
      if (stop.stop_requested()) return failure(ErrorKind::cancelled, "the repair was stopped");
      const auto most = std::min<std::uint64_t>(buffer.size(), range.end - at);
      const auto got = ::pread(from.get(), buffer.data(), most, static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) {
        const int why = got == 0 ? EIO : errno;  // it has become shorter
        return failure(os::file_error("reading", place_, os::FileUse::read, why));
      }
      const auto bytes = std::span(buffer).first(static_cast<std::size_t>(got));
      if (auto put = write(at, bytes); !put) return put;
      at += bytes.size();
    }
  }
  // Noted when it is on the disk: a copy that is cut short counts for nothing.
  if (::fdatasync(fd_.get()) != 0) return lost();
  for (const auto& range : right.ranges()) {
    if (auto noted = journal_.note(range); !noted) return noted;
  }
  return journal_.synced();
}

void PartFile::remove(const fs::path& place) {
  std::error_code code;
  fs::remove(part_of(place), code);
  fs::remove(journal_of(place), code);
}

}  // namespace llf::hub
