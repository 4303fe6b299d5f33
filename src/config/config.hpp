#pragma once

#include "base/expected.hpp"
#include "config/declarations.hpp"
#include "config/references.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::config {

/// Where a value came from; later ones win.
enum class Origin : std::uint8_t { built_in, file, environment, command_line };

[[nodiscard]] std::string_view to_string(Origin origin);

/// What a settings file holds.
struct SettingsText {
  std::string path;
  std::string text;
};

/// The settings file at `path`; nothing when there is none. Blocks. Any thread. Errors: those of
/// os::read_file but not_found; `invalid` past limits::kSettingsFile.
[[nodiscard]] Expected<std::optional<SettingsText>> read_settings_file(
    const std::filesystem::path& path);

/// A setting that a command line gives.
struct FlagValue {
  const Declaration* declaration = nullptr;
  std::string word;
};

/// All that settings are put together from, besides what is built in.
struct Sources {
  std::optional<SettingsText> file;
  Environment environment;
  LookUp look_up = look_up_nothing();
  std::vector<FlagValue> flags;
};

/// Settings, and where each came from. Immutable.
class Config {
 public:
  /// The built-in values, then the file, the environment, the command line: each may name some
  /// settings, the others stay. Errors: `invalid`, naming the file's path, line and column, the
  /// variable or the flag; those of references. Blocks where a reference names a file.
  [[nodiscard]] static Expected<Config> merge(const Sources& sources);

  Config();

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] Origin origin(const Declaration& declaration) const;

 private:
  [[nodiscard]] Expected<void> take_file(const SettingsText& file, const LookUp& look_up);
  [[nodiscard]] Expected<void> take_environment(const Environment& environment);
  [[nodiscard]] Expected<void> take_flag(const FlagValue& flag);
  [[nodiscard]] Origin& origin_of(const Declaration& declaration);

  Settings settings_;
  std::vector<Origin> origins_;  ///< in the order of declarations()
};

}  // namespace llf::config
