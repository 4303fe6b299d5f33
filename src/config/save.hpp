#pragma once

#include "base/expected.hpp"
#include "config/place.hpp"
#include "json/json.hpp"
#include "os/backups.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// Changes of the settings file, which is made if there is none. Each is checked first; the file as
/// it was is kept in backups/, beside it (the newest limits::kSettingsBackups). Durable when a
/// function returns; what fails or is killed leaves the file as it was. Two at once wait for each
/// other. All block. Errors: `invalid` for mistakes in what the file would be, with the place;
/// those of `check`, of files and locks.
namespace llf::config {

/// The settings file, and who has to agree to a change besides us.
struct SettingsFile {
  std::filesystem::path path;
  /// Of what the file would be; empty: references are not looked up.
  std::function<Expected<void>(std::string_view text)> check;
};

/// A value for a place of the file.
struct NewValue {
  Place place;
  json::Value value;
};

/// Sets all of these values or none, as one change: comments, order and what llf does not know
/// stay.
[[nodiscard]] Expected<void> save_values(const SettingsFile& file,
                                         std::span<const NewValue> values);

/// The same with one value.
[[nodiscard]] Expected<void> save_value(const SettingsFile& file, const Place& place,
                                        const json::Value& value);

/// Takes one value out, so that the built-in one holds; nothing is written when it is not there.
[[nodiscard]] Expected<void> remove_value(const SettingsFile& file, const Place& place);

/// Replaces the whole file. Errors: also `conflict` when it is not `before` any more (nothing:
/// there is none), because somebody else changed it.
[[nodiscard]] Expected<void> save_text(const SettingsFile& file,
                                       const std::optional<std::string>& before,
                                       std::string_view text);

/// What is kept of earlier files.
[[nodiscard]] os::Backups backups_of(const std::filesystem::path& path);

}  // namespace llf::config
