#include "store/disk_write.hpp"

#include "base/byte_size.hpp"
#include "base/limits.hpp"
#include "os/file_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <sys/statvfs.h>
#include <unistd.h>

namespace llf::store {
namespace {

std::unexpected<Error> disk_error(std::string_view doing, const std::filesystem::path& path) {
  return failure(os::file_error(doing, path, os::FileUse::write, errno));
}

}  // namespace

Expected<void> DiskWrite::write(std::span<const char> bytes) {
  auto rest = bytes;
  while (!rest.empty()) {
    const auto put = ::write(fd_, rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return disk_error("writing", path_);
    rest = rest.subspan(static_cast<std::size_t>(put));
  }
  written_ += bytes.size();
  unsynced_ += bytes.size();
  if (unsynced_ < limits::kSyncStep.bytes()) return {};
  return finish();
}

Expected<void> DiskWrite::finish() {
  unsynced_ = 0;
  if (::fsync(fd_) != 0) return disk_error("saving", path_);
  return {};
}

Expected<void> check_room(const std::filesystem::path& folder, std::uint64_t bytes) {
  struct statvfs disk{};
  if (::statvfs(folder.c_str(), &disk) != 0) return disk_error("looking at", folder);
  const auto available = std::uint64_t{disk.f_bavail} * disk.f_frsize;
  const auto reserve = std::min(available, limits::kDiskReserve.bytes());
  if (bytes <= available - reserve) return {};
  return failure(
      ErrorKind::io,
      fmt::format("the disk of {} is too full: {} are needed, and of the {} that are free {} are "
                  "left to other programs",
                  folder.native(), to_string(ByteSize(bytes)), to_string(ByteSize(available)),
                  to_string(ByteSize(reserve))));
}

}  // namespace llf::store
