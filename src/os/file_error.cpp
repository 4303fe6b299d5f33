#include "os/file_error.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
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

/// A file or folder that lacks a right, and which.
struct Obstacle {
  fs::path path;
  int right;
};

std::optional<Obstacle> find_obstacle(const fs::path& path, FileUse use) {
  std::error_code ignored;
  const auto whole = fs::absolute(path, ignored);
  const auto parent = whole.parent_path();
  fs::path folder;
  for (const auto& part : parent) {
    folder /= part;
    if (!may(folder, X_OK)) return Obstacle{.path = folder, .right = X_OK};
  }
  const int right = use == FileUse::read ? R_OK : W_OK;
  if (!may(whole, right)) return Obstacle{.path = whole, .right = right};
  if (use == FileUse::read || may(parent, W_OK)) return std::nullopt;
  return Obstacle{.path = parent, .right = W_OK};
}

std::string explain(const Obstacle& obstacle) {
  struct stat facts = {};
  const bool known = ::stat(obstacle.path.c_str(), &facts) == 0;
  const auto* const name = obstacle.path.c_str();
  std::string_view verb = "read";
  char letter = 'r';
  if (obstacle.right == W_OK) {
    verb = known && S_ISDIR(facts.st_mode) ? "write into" : "write";
    letter = 'w';
  } else if (obstacle.right == X_OK) {
    verb = "enter";
    letter = 'x';
  }
  auto text = fmt::format("you may not {} {}", verb, name);
  if (!known) return text;
  constexpr unsigned kPermissions = 07777;
  if (facts.st_uid == ::geteuid()) return fmt::format("{}: 'chmod u+{} {}'", text, letter, name);
  return fmt::format("{}: it belongs to {} and has mode {:04o}", text,
                     facts.st_uid == 0 ? "root" : fmt::format("user {}", facts.st_uid),
                     facts.st_mode & kPermissions);
}

}  // namespace

Error file_error(std::string_view doing, const fs::path& path, FileUse use, int error_number) {
  auto error = errno_error(fmt::format("{} {}", doing, path.native()), error_number);
  if (error_number != EACCES) return error;
  if (const auto obstacle = find_obstacle(path, use)) error.message = explain(*obstacle);
  return error;
}

}  // namespace llf::os
