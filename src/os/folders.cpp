#include "os/folders.hpp"

#include "os/atomic_file.hpp"
#include "os/file_error.hpp"
#include "os/umask.hpp"
#include "os/unique_fd.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace llf::os {

Expected<void> make_folders(const std::filesystem::path& folder) {
  struct stat facts{};
  if (folder.empty()) return {};
  if (::stat(folder.c_str(), &facts) == 0) {
    if (S_ISDIR(facts.st_mode)) return {};
    return failure(ErrorKind::conflict,
                   fmt::format("{} is in the way: it is not a folder", folder.native()));
  }
  const auto above = folder.parent_path();
  if (above != folder) {
    if (auto made = make_folders(above); !made) return made;
  }
  constexpr mode_t kForAll = 0777;
  if (::mkdir(folder.c_str(), kForAll) != 0) {
    // Another thread or process may have been faster.
    if (errno == EEXIST && ::stat(folder.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) return {};
    return failure(file_error("making", folder, FileUse::write, errno));
  }
  const UniqueFd made(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (made) share(made.get(), kForAll);
  auto synced = sync_folder(above.empty() ? std::filesystem::path(".") : above);
  // Else the next try would take it for one whose name is safe.
  if (!synced) static_cast<void>(::rmdir(folder.c_str()));
  return synced;
}

}  // namespace llf::os
