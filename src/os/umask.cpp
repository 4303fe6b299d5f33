#include "os/umask.hpp"

#include <atomic>
#include <sys/stat.h>
#include <unistd.h>

namespace llf::os {
namespace {

constexpr mode_t kOwnerOnly = 077;
constexpr mode_t kAllPermissions = 0777;
constexpr mode_t kNotKept = ~mode_t{0};

std::atomic<mode_t>& umask_of_user() {
  static std::atomic<mode_t> kept = kNotKept;
  return kept;
}

}  // namespace

void keep_files_private() {
  umask_of_user() = ::umask(kOwnerOnly);
}

void share(int fd, mode_t mode) {
  const auto taken = umask_of_user().load();
  if (taken == kNotKept) return;  // the system did it
  struct stat facts{};
  if (::fstat(fd, &facts) != 0 || facts.st_uid != ::geteuid()) return;
  static_cast<void>(::fchmod(fd, mode & ~taken & kAllPermissions));
}

}  // namespace llf::os
