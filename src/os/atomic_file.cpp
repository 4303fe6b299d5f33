#include "os/atomic_file.hpp"

#include "base/limits.hpp"
#include "base/number.hpp"
#include "os/file_error.hpp"
#include "os/unique_fd.hpp"

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> failed(std::string_view doing, const fs::path& path, int error_number) {
  return failure(file_error(doing, path, FileUse::replace, error_number));
}

Expected<void> write_all(int fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return failed("writing", path, errno);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

/// Whether a write has to survive a power cut.
enum class Durability : std::uint8_t { none, synced };

/// What to write and how.
struct Content {
  std::string_view bytes;
  unsigned mode;
  Durability durability;
};

/// Writes `path`, which is to become `target`: errors are of that.
Expected<void> fill(const fs::path& path, const fs::path& target, const Content& content) {
  const auto mode = static_cast<mode_t>(content.mode);
  const UniqueFd fd(
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!fd) return failed("creating", target, errno);
  if (auto written = write_all(fd.get(), content.bytes, target); !written) return written;
  if (::fchmod(fd.get(), mode) != 0) return failed("setting", target, errno);
  if (content.durability == Durability::synced && ::fsync(fd.get()) != 0) {
    return failed("saving", target, errno);
  }
  return {};
}

constexpr std::string_view kTemporaryEnding = ".tmp";

// Unique among the processes and threads that may write the same file at once.
fs::path temporary_beside(const fs::path& path) {
  static std::atomic<std::uint32_t> counter = 0;
  const auto name =
      fmt::format(".{}.{}.{}{}", path.filename().native(), ::getpid(), ++counter, kTemporaryEnding);
  return path.parent_path() / name;
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// A device or a pipe in the place of a file would be gone.
Expected<void> refuse_special(const fs::path& path) {
  struct stat facts{};
  if (::lstat(path.c_str(), &facts) != 0 || S_ISREG(facts.st_mode) || S_ISLNK(facts.st_mode)) {
    return {};
  }
  return failure(ErrorKind::invalid, fmt::format("{} is not a file", path.native()));
}

/// Where a file of the user's is: links lead to it, be it there or not.
fs::path end_of_links(fs::path path) {
  std::error_code error;
  for (int links = 0; links < limits::kLinks && fs::is_symlink(path, error); ++links) {
    path = path.parent_path() / fs::read_symlink(path, error);
  }
  return path;
}

Expected<void> replace(const fs::path& path, const Content& content) {
  if (auto checked = refuse_special(path); !checked) return checked;
  const auto temporary = temporary_beside(path);
  // Only a process that died with our pid can have left it.
  static_cast<void>(::unlink(temporary.c_str()));
  if (auto filled = fill(temporary, path, content); !filled) {
    static_cast<void>(::unlink(temporary.c_str()));
    return filled;
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    const int error_number = errno;
    static_cast<void>(::unlink(temporary.c_str()));
    return failed("replacing", path, error_number);
  }
  if (content.durability == Durability::none) return {};
  const auto dir = path.parent_path();
  return sync_folder(dir.empty() ? fs::path(".") : dir);
}

}  // namespace

Expected<void> sync_folder(const fs::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd && errno == EACCES) return {};
  if (!fd || ::fsync(fd.get()) != 0) return failed("saving", folder, errno);
  return {};
}

Expected<void> write_file_atomically(const fs::path& path, std::string_view bytes, unsigned mode) {
  return replace(path, {.bytes = bytes, .mode = mode, .durability = Durability::synced});
}

Expected<void> replace_file(const fs::path& path, std::string_view bytes, unsigned mode) {
  return replace(path, {.bytes = bytes, .mode = mode, .durability = Durability::none});
}

Expected<void> write_user_file(const fs::path& path, std::string_view bytes) {
  constexpr unsigned kOwnerOnly = 0600;
  constexpr unsigned kPermissions = 0777;
  const auto target = end_of_links(path);
  struct stat facts = {};
  const bool known = ::stat(target.c_str(), &facts) == 0;
  return write_file_atomically(target, bytes, known ? facts.st_mode & kPermissions : kOwnerOnly);
}

std::optional<pid_t> writer_of_temporary(std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(kTemporaryEnding)) return std::nullopt;
  name.remove_suffix(kTemporaryEnding.size());
  const auto counter = name.rfind('.');
  const auto dot = counter == std::string_view::npos ? 0 : name.rfind('.', counter - 1);
  if (dot == 0 || dot == std::string_view::npos) return std::nullopt;
  if (!is_number(name.substr(counter + 1))) return std::nullopt;
  const auto pid = parse_number<pid_t>(name.substr(dot + 1, counter - dot - 1));
  return pid && *pid > 0 ? pid : std::nullopt;
}

Expected<std::string> read_file(const fs::path& path, ByteSize limit, const FileCheck& check) {
  // O_NONBLOCK: a FIFO in the place of a file must not hang us.
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return failure(file_error("opening", path, FileUse::read, errno));
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) {
    return failure(file_error("looking at", path, FileUse::read, errno));
  }
  if (!S_ISREG(info.st_mode)) {
    return failure(ErrorKind::invalid, fmt::format("{} is not a file", path.native()));
  }
  if (auto checked = check ? check(info) : Expected<void>(); !checked) {
    return failure(checked.error());
  }
  std::string content;
  std::array<char, std::size_t{16} << 10U> block{};
  for (;;) {
    const auto got = ::read(fd.get(), block.data(), block.size());
    if (got < 0) {
      if (errno == EINTR) continue;
      return failure(file_error("reading", path, FileUse::read, errno));
    }
    if (got == 0) return content;
    content.append(block.data(), static_cast<std::size_t>(got));
    if (content.size() > limit.bytes()) {
      return failure(ErrorKind::too_large,
                     fmt::format("{} is longer than {}", path.native(), to_string(limit)));
    }
  }
}

}  // namespace llf::os
