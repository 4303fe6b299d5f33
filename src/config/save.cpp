#include "config/save.hpp"

#include "base/clock.hpp"
#include "base/limits.hpp"
#include "config/config.hpp"
#include "json/edit.hpp"
#include "os/atomic_file.hpp"
#include "os/file_lock.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace llf::config {
namespace {

namespace fs = std::filesystem;

using Edit = std::function<Expected<std::string>(std::string_view)>;

/// The file that is written: a link (of people who keep their settings elsewhere) stays one.
fs::path target_of(const fs::path& path) {
  std::error_code error;
  auto target = fs::canonical(path, error);
  return error ? path : target;
}

/// Keeps `text`, and of all kept ones the newest.
Expected<void> back_up(const fs::path& folder, std::string_view text) {
  if (auto made = os::ensure_dir(folder); !made) return made;
  std::error_code error;
  const auto name = [&folder](std::int64_t ms) {
    return folder / fmt::format("config-{:013}.json", ms);
  };
  auto ms = unix_now_ms();
  while (fs::exists(name(ms), error)) ++ms;
  if (auto written = os::write_file_atomically(name(ms), text); !written) return written;
  std::vector<fs::path> kept;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().filename().string().starts_with("config-")) kept.push_back(entry.path());
  }
  std::ranges::sort(kept, std::greater());
  for (auto i = limits::kSettingsBackups; i < kept.size(); ++i) fs::remove(kept[i], error);
  return {};
}

Expected<void> change(const fs::path& path, const Edit& edit) {
  if (auto made = os::ensure_dir(path.parent_path()); !made) return made;
  const auto lock =
      os::FileLock::acquire(path.parent_path() / "config.lock", limits::kSettingsLock);
  if (!lock) return failure(lock.error());
  const auto old = read_settings_file(path);
  if (!old) return failure(old.error());
  const std::string_view text = *old ? std::string_view((*old)->text) : std::string_view();
  auto edited = edit(text);
  if (!edited) return failure(edited.error().with_context(path.string()));
  if (*edited == text) return {};
  Config config;
  if (auto read = config.read_file({.path = path.string(), .text = *edited}); !read) return read;
  if (*old) {
    if (auto kept = back_up(path.parent_path() / "backups", text); !kept) return kept;
  }
  return os::write_file_atomically(target_of(path), *edited);
}

std::array<std::string_view, 2> path_in_file(const Declaration& declaration) {
  return {declaration.section(), declaration.key()};
}

}  // namespace

Expected<void> save_setting(const fs::path& path, const Declaration& declaration,
                            std::string_view word) {
  Settings settings;
  if (auto done = set(settings, declaration, word); !done) {
    return failure(done.error().with_context(declaration.name));
  }
  const auto value = value_of(settings, declaration);
  // What the command line may leave open, the file may not.
  if (auto done = set(settings, declaration, value); !done) {
    return failure(done.error().with_context(declaration.name));
  }
  return change(path, [&](std::string_view text) {
    return json::set_member(text, path_in_file(declaration), value);
  });
}

Expected<void> remove_setting(const fs::path& path, const Declaration& declaration) {
  return change(path, [&](std::string_view text) -> Expected<std::string> {
    if (text.empty()) return std::string();
    return json::remove_member(text, path_in_file(declaration));
  });
}

}  // namespace llf::config
