#include "os/file_lock.hpp"

#include "base/limits.hpp"
#include "os/file_error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <thread>

namespace llf::os {

Expected<std::optional<FileLock>> FileLock::try_acquire(const std::filesystem::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return failure(file_error("opening", path, FileUse::write, errno));
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return FileLock(std::move(fd));
  if (errno == EWOULDBLOCK) return std::nullopt;
  return failure(errno_error(fmt::format("locking {}", path.native()), errno));
}

Expected<FileLock> FileLock::acquire(const std::filesystem::path& path, Duration limit) {
  const auto deadline = mono_now() + limit;
  for (;;) {
    auto lock = try_acquire(path);
    if (!lock) return failure(lock.error());
    if (*lock) return std::move(**lock);
    if (mono_now() >= deadline) {
      return failure(ErrorKind::timeout,
                     fmt::format("{} is locked by another process", path.native()));
    }
    // flock cannot wait with a limit.
    std::this_thread::sleep_for(limits::kLockRetry);
  }
}

}  // namespace llf::os
