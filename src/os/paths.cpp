#include "os/paths.hpp"

#include "base/limits.hpp"
#include "os/file_error.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <pwd.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace llf::os {
namespace {

namespace fs = std::filesystem;

std::optional<fs::path> home_of_user(const PathOptions& options) {
  if (const auto home = options.env("HOME"); home && home->front() == '/') return *home;
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(getuid(), &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr ||
      entry.pw_dir == nullptr || entry.pw_dir[0] != '/') {
    return std::nullopt;
  }
  return entry.pw_dir;
}

// An XDG folder: the variable if it is absolute, else HOME/otherwise.
fs::path xdg(const PathOptions& options, const char* variable, const fs::path& otherwise) {
  if (const auto value = options.env(variable); value && value->front() == '/') return *value;
  return otherwise;
}

// A file that others may replace or read is no place for a socket.
Expected<void> check_private(const fs::path& dir) {
  struct stat info{};
  if (lstat(dir.c_str(), &info) != 0) {
    return failure(file_error("looking at", dir, FileUse::read, errno));
  }
  std::string what;
  if (S_ISLNK(info.st_mode)) {
    what = "a symbolic link";
  } else if (!S_ISDIR(info.st_mode)) {
    what = "not a folder";
  } else if (info.st_uid != geteuid()) {
    what = fmt::format("a folder of user {}", info.st_uid);
  } else if ((info.st_mode & 07777U) != 0700U) {
    what = fmt::format("a folder with mode {:04o}", info.st_mode & 07777U);
  }
  if (what.empty()) return {};
  return failure(ErrorKind::forbidden,
                 fmt::format("the run folder {} is {}, it must be a folder of yours with mode "
                             "0700: remove it or correct it (chmod 700), or set LLF_HOME",
                             dir.native(), what));
}

Expected<void> ensure_private(const fs::path& dir) {
  if (mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) {
    return failure(file_error("creating the run folder", dir, FileUse::write, errno));
  }
  return check_private(dir);
}

bool is_private(const fs::path& dir) {
  return check_private(dir).has_value();
}

// The longest names in a run folder: /w-XXXXXXXX.sock.
constexpr std::size_t kLongestName = 16;

bool fits(const fs::path& run_dir) {
  return run_dir.native().size() + kLongestName < limits::kSocketPath;
}

fs::path real_path(const fs::path& path) {
  std::error_code ignored;
  auto real = fs::weakly_canonical(path, ignored);
  return real.empty() ? path : real;
}

Expected<fs::path> choose_run_dir(const PathOptions& options, const Paths& paths,
                                  const fs::path& home) {
  const auto name = short_hash(real_path(paths.data_dir).native());
  fs::path base;
  const auto runtime = options.env("XDG_RUNTIME_DIR");
  if (!home.empty() && fits(home / "run" / name)) {
    base = home / "run";
  } else if (runtime && runtime->front() == '/' && fits(fs::path(*runtime) / "llf" / name) &&
             is_private(*runtime)) {
    base = fs::path(*runtime) / "llf";
  } else {
    base = options.tmp_dir / fmt::format("llf-{}", geteuid());
  }
  auto run_dir = base / name;
  if (!fits(run_dir)) {
    return failure(ErrorKind::invalid,
                   fmt::format("the run folder {} is too long for a socket: its names must stay "
                               "under {} bytes",
                               run_dir.native(), limits::kSocketPath));
  }
  for (const auto& dir : {base, run_dir}) {
    if (auto checked = check_private(dir); !checked) {
      if (checked.error().kind != ErrorKind::not_found) return failure(checked.error());
    }
  }
  return run_dir;
}

}  // namespace

std::optional<std::string> env(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::vector<std::string> environment() {
  std::vector<std::string> all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    all.emplace_back(*entry);
  }
  return all;
}

std::string short_hash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return fmt::format("{:08x}", static_cast<std::uint32_t>(hash ^ (hash >> 32U)));
}

Expected<fs::path> executable_path() {
  std::error_code error;
  auto path = fs::read_symlink("/proc/self/exe", error);
  if (error) return failure(errno_error("finding the running program", error.value()));
  return path;
}

Expected<Paths> resolve_paths(const PathOptions& options) {
  fs::path home = options.home;
  if (home.empty()) home = options.env("LLF_HOME").value_or("");
  const auto user_home = home_of_user(options);
  if (home.empty() && !user_home) {
    return failure(ErrorKind::invalid,
                   "no home folder: set HOME, or name a folder for llf with --home or LLF_HOME");
  }
  Paths paths;
  if (user_home || options.env("XDG_DATA_HOME")) {
    const auto share = user_home ? *user_home / ".local/share" : fs::path();
    const auto data = xdg(options, "XDG_DATA_HOME", share);
    if (!data.empty()) paths.engine_dir = data / "llf/engine";
  }
  if (!home.empty()) {
    auto whole = whole_path(home);
    if (!whole) return failure(whole.error());
    home = *std::move(whole);
    if (!home.has_filename()) home = home.parent_path();  // a trailing slash
    paths.home = home;
    paths.config_dir = home / "config";
    paths.data_dir = home / "data";
    paths.cache_dir = home / "cache";
    paths.state_dir = home / "state";
  } else {
    paths.config_dir = xdg(options, "XDG_CONFIG_HOME", *user_home / ".config") / "llf";
    paths.data_dir = xdg(options, "XDG_DATA_HOME", *user_home / ".local/share") / "llf";
    paths.cache_dir = xdg(options, "XDG_CACHE_HOME", *user_home / ".cache") / "llf";
    paths.state_dir = xdg(options, "XDG_STATE_HOME", *user_home / ".local/state") / "llf";
    paths.home = paths.data_dir;
  }
  auto run_dir = choose_run_dir(options, paths, home);
  if (!run_dir) return failure(run_dir.error());
  paths.run_dir = std::move(*run_dir);
  return paths;
}

Expected<void> ensure_run_dir(const Paths& paths) {
  const auto base = paths.run_dir.parent_path();
  if (auto made = ensure_dir(base.parent_path()); !made) return made;
  if (auto made = ensure_private(base); !made) return made;
  return ensure_private(paths.run_dir);
}

Expected<fs::path> whole_path(const fs::path& named) {
  if (named.empty()) return failure(file_error("", named, FileUse::read, ENOENT));
  std::error_code error;
  const auto whole = fs::absolute(named, error);
  if (error) return failure(errno_error("finding the current folder", error.value()));
  return whole.lexically_normal();
}

Expected<void> ensure_dir(const fs::path& dir) {
  if (dir.empty() || dir == dir.root_path()) return {};
  struct stat info{};
  if (stat(dir.c_str(), &info) == 0) {
    if (S_ISDIR(info.st_mode)) return {};
    return failure(ErrorKind::conflict,
                   fmt::format("{} is in the way: it is not a folder", dir.native()));
  }
  if (auto above = ensure_dir(dir.parent_path()); !above) return above;
  if (mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) {
    return failure(file_error("creating the folder", dir, FileUse::write, errno));
  }
  return {};
}

}  // namespace llf::os
