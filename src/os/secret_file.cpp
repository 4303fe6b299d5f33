#include "os/secret_file.hpp"

#include "os/atomic_file.hpp"

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

namespace llf::os {
namespace {

constexpr mode_t kOthers = 077;
constexpr mode_t kPermissions = 07777;

}  // namespace

Expected<std::string> read_secret_file(const std::filesystem::path& path, ByteSize limit) {
  const auto check = [&](const struct stat& facts) -> Expected<void> {
    if (facts.st_uid != ::geteuid() && facts.st_uid != 0) {
      return failure(ErrorKind::forbidden,
                     fmt::format("{} belongs to another user: a secret must be yours or root's",
                                 path.native()));
    }
    if ((facts.st_mode & kOthers) == 0) return {};
    return failure(ErrorKind::forbidden,
                   fmt::format("{} has the mode {:04o}, with which others can use it: chmod 600 {}",
                               path.native(), facts.st_mode & kPermissions, path.native()));
  };
  auto text = read_file(path, limit, check);
  if (!text) return failure(text.error());
  text->resize(text->find_last_not_of("\r\n") + 1);
  return text;
}

}  // namespace llf::os
