#include "os/rename.hpp"

#include "os/file_error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <system_error>

namespace llf::os {

Expected<void> rename_to_new(const std::filesystem::path& from, const std::filesystem::path& to) {
  int number = 0;
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
    number = errno;
  }
  if (number == EINVAL) {
    // A file system that cannot do both in one step.
    std::error_code error;
    const bool is_there = std::filesystem::exists(std::filesystem::symlink_status(to, error));
    number = is_there ? EEXIST : 0;
    if (!is_there && ::rename(from.c_str(), to.c_str()) != 0) number = errno;
  }
  if (number == 0) return {};
  if (number == EEXIST) {
    return failure(ErrorKind::conflict, fmt::format("{} is there already", to.native()));
  }
  return failure(file_error("making", to, FileUse::replace, number));
}

}  // namespace llf::os
