#include "config/save.hpp"

#include "base/limits.hpp"
#include "config/config.hpp"
#include "config/reader.hpp"
#include "json/edit.hpp"
#include "os/atomic_file.hpp"
#include "os/file_lock.hpp"
#include "os/paths.hpp"
#include "os/stale_files.hpp"

#include <array>
#include <functional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace llf::config {
namespace {

namespace fs = std::filesystem;

using Edit = std::function<Expected<std::string>(std::string_view)>;

/// Whether this could be the settings file.
Expected<void> check(const SettingsFile& file, std::string_view text) {
  const auto read = read_settings(text, Settings{}, look_up_nothing());
  if (!read) return failure(read.error().with_context(file.path.string()));
  return file.check ? file.check(text) : Expected<void>();
}

Expected<void> change(const SettingsFile& file, const Edit& edit) {
  const auto folder = file.path.parent_path();
  if (auto made = os::ensure_dir(folder); !made) return made;
  const auto lock = os::FileLock::acquire(folder / "config.lock", limits::kSettingsLock);
  if (!lock) return failure(lock.error());
  os::remove_stale_temporaries(folder);
  const auto old = read_settings_file(file.path);
  if (!old) return failure(old.error());
  const std::string_view text = *old ? std::string_view((*old)->text) : std::string_view();
  auto edited = edit(text);
  if (!edited) return failure(edited.error().with_context(file.path.string()));
  if (*edited == text) return {};
  if (auto checked = check(file, *edited); !checked) return checked;
  return *old ? backups_of(file.path).replace(file.path, text, *edited)
              : os::write_user_file(file.path, *edited);
}

std::vector<std::string_view> steps(const Place& place) {
  return {place.path.begin(), place.path.end()};
}

}  // namespace

Expected<void> save_values(const SettingsFile& file, std::span<const NewValue> values) {
  if (values.empty()) return {};
  return change(file, [&](std::string_view before) -> Expected<std::string> {
    std::string text(before);
    for (const auto& one : values) {
      auto edited = json::set_member(text, steps(one.place), one.value);
      if (!edited) return edited;
      text = *std::move(edited);
    }
    return text;
  });
}

Expected<void> save_value(const SettingsFile& file, const Place& place, const json::Value& value) {
  return save_values(file, std::array{NewValue{.place = place, .value = value}});
}

Expected<void> remove_value(const SettingsFile& file, const Place& place) {
  return change(file, [&](std::string_view text) -> Expected<std::string> {
    if (text.empty()) return std::string();
    return json::remove_member(text, steps(place));
  });
}

Expected<void> save_text(const SettingsFile& file, const std::optional<std::string>& before,
                         std::string_view text) {
  return change(file, [&](std::string_view now) -> Expected<std::string> {
    if (now == before.value_or("")) return std::string(text);
    return failure(ErrorKind::conflict, "it was changed meanwhile; try again");
  });
}

os::Backups backups_of(const fs::path& path) {
  return {path.parent_path() / "backups", path.stem().string(), limits::kSettingsBackups};
}

}  // namespace llf::config
