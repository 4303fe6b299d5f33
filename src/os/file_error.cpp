#include "os/file_error.hpp"

#include "base/limits.hpp"
#include "os/shell_word.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <iterator>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

bool may(const fs::path& path, int right) {
  return ::faccessat(AT_FDCWD, path.c_str(), right, AT_EACCESS) == 0 || errno != EACCES;
}

/// A file or folder that lacks rights, and which: "write into".
struct Obstacle {
  fs::path path;
  std::string_view deed;
};

/// Looks along `path`, which is absolute, for the first link; the path with what it leads to in its
/// place, or nothing.
std::optional<fs::path> without_link(const fs::path& path) {
  fs::path walked;
  for (auto part = path.begin(); part != path.end(); ++part) {
    walked /= *part;
    std::error_code error;
    if (!fs::is_symlink(walked, error)) continue;
    auto target = walked.parent_path() / fs::read_symlink(walked, error);
    if (error) return std::nullopt;
    for (auto rest = std::next(part); rest != path.end(); ++rest) target /= *rest;
    return target;
  }
  return std::nullopt;
}

std::optional<Obstacle> find_obstacle(fs::path path, FileUse use) {
  for (int links = 0; links < limits::kLinks; ++links) {
    auto target = without_link(path);
    if (!target) break;
    path = *std::move(target);
  }
  const auto parent = path.parent_path();
  fs::path folder;
  for (const auto& part : parent) {
    folder /= part;
    if (!may(folder, X_OK)) return Obstacle{.path = folder, .deed = "enter"};
  }
  if (use == FileUse::read && !may(path, R_OK)) return Obstacle{.path = path, .deed = "read"};
  if (use == FileUse::write && !may(path, W_OK)) return Obstacle{.path = path, .deed = "write"};
  if (use == FileUse::read || may(parent, W_OK)) return std::nullopt;
  return Obstacle{.path = parent, .deed = "write into"};
}

std::string explain(const Obstacle& obstacle) {
  const auto& path = obstacle.path.native();
  auto text = fmt::format("you may not {} {}", obstacle.deed, path);
  struct stat facts = {};
  if (::stat(path.c_str(), &facts) != 0) return text;
  constexpr unsigned kPermissions = 07777;
  if (facts.st_uid == ::geteuid()) {
    // A folder of one's own is of use with all three only.
    const auto* rights = S_ISDIR(facts.st_mode) ? "rwx" : obstacle.deed == "read" ? "r" : "rw";
    return fmt::format("{}; this allows it: chmod u+{} {}", text, rights, shell_word(path));
  }
  return fmt::format("{}: it belongs to {} and has mode {:04o}", text,
                     facts.st_uid == 0 ? "root" : fmt::format("user {}", facts.st_uid),
                     facts.st_mode & kPermissions);
}

}  // namespace

Error file_error(std::string_view doing, const fs::path& path, FileUse use, int error_number) {
  if (path.empty()) {
    return {.kind = ErrorKind::invalid, .message = "the name of a file or folder is empty"};
  }
  auto error = errno_error(fmt::format("{} {}", doing, path.native()), error_number);
  if (error_number != EACCES) return error;
  std::error_code ignored;
  const auto obstacle = find_obstacle(fs::absolute(path, ignored), use);
  if (obstacle) error.message = explain(*obstacle);
  return error;
}

}  // namespace llf::os
