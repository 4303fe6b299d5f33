#include "config/save.hpp"

#include "base/limits.hpp"
#include "config/config.hpp"
#include "config/reader.hpp"
#include "json/edit.hpp"
#include "os/atomic_file.hpp"
#include "os/file_lock.hpp"
#include "os/paths.hpp"

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
  if (*old && *edited == text) return {};
  if (auto checked = check_text(path, *edited); !checked) return checked;
  if (*old) {
    if (auto kept = backups_of(path).keep(text); !kept) return failure(kept.error());
  }
  return os::write_user_file(path, *edited);
}

std::vector<std::string_view> steps(const Place& place) {
  return {place.path.begin(), place.path.end()};
}

}  // namespace

Expected<void> check_text(const fs::path& path, std::string_view text) {
  const auto read = read_settings(text, Settings{}, os::env);
  if (!read) return failure(read.error().with_context(path.string()));
  return {};
}

Expected<void> save_values(const fs::path& path, std::span<const NewValue> values) {
  if (values.empty()) return {};
  return change(path, [&](std::string_view before) -> Expected<std::string> {
    std::string text(before);
    for (const auto& one : values) {
      auto edited = json::set_member(text, steps(one.place), one.value);
      if (!edited) return edited;
      text = *std::move(edited);
    }
    return text;
  });
}

Expected<void> save_value(const fs::path& path, const Place& place, const json::Value& value) {
  return save_values(path, std::array{NewValue{.place = place, .value = value}});
}

Expected<void> remove_value(const fs::path& path, const Place& place) {
  std::error_code error;
  if (!fs::exists(path, error)) return {};
  return change(path,
                [&](std::string_view text) { return json::remove_member(text, steps(place)); });
}

Expected<void> save_text(const fs::path& path, const std::optional<std::string>& before,
                         std::string_view text) {
  return change(path, [&](std::string_view now) -> Expected<std::string> {
    if (now == before.value_or("")) return std::string(text);
    return failure(ErrorKind::conflict, "it was changed meanwhile; try again");
  });
}

os::Backups backups_of(const fs::path& path) {
  return {path.parent_path() / "backups", path.stem().string(), limits::kSettingsBackups};
}

}  // namespace llf::config
