#include "os/file_lock.hpp"

#include "base/limits.hpp"
#include "os/file_error.hpp"
#include "os/umask.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>

namespace llf::os {

Expected<std::optional<FileLock>> FileLock::try_acquire(const std::filesystem::path& path,
                                                        LockUsers users) {
  const mode_t mode = users == LockUsers::everybody ? 0666 : 0600;
  UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!fd) return failure(file_error("opening", path, FileUse::write, errno));
  if (users == LockUsers::everybody) share(fd.get(), mode);
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return FileLock(std::move(fd));
  if (errno == EWOULDBLOCK) return std::nullopt;
  return failure(errno_error(fmt::format("locking {}", path.native()), errno));
}

Expected<std::optional<FileLock>> FileLock::adopt(const std::filesystem::path& path, UniqueFd fd) {
  struct stat own{};
  struct stat there{};
  const bool same = ::fstat(fd.get(), &own) == 0 && ::stat(path.c_str(), &there) == 0 &&
                    own.st_dev == there.st_dev && own.st_ino == there.st_ino;
  if (!same) return std::nullopt;
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) == 0) return FileLock(std::move(fd));
  if (errno == EWOULDBLOCK) return std::nullopt;
  return failure(errno_error(fmt::format("locking {}", path.native()), errno));
}

Expected<UniqueFd> FileLock::copy() const {
  UniqueFd copy(::fcntl(fd_.get(), F_DUPFD_CLOEXEC, 0));
  if (!copy) return failure(errno_error("leaving a lock to a successor", errno));
  return copy;
}

Expected<FileLock> FileLock::acquire(const std::filesystem::path& path, Duration limit,
                                     LockUsers users) {
  const auto deadline = mono_now() + limit;
  for (;;) {
    auto lock = try_acquire(path, users);
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
