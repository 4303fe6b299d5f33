#pragma once

#include "base/expected.hpp"
#include "config/declarations.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::config {

/// Where a value came from; later ones win.
enum class Origin : std::uint8_t { built_in, file, environment, command_line };

[[nodiscard]] std::string_view to_string(Origin origin);

using Environment = std::function<std::optional<std::string>(const char*)>;

/// What a settings file holds.
struct SettingsText {
  std::string path;
  std::string text;
};

/// The settings file at `path`; nothing when there is none. Blocks. Any thread. Errors: those of
/// os::read_file but not_found; too_large past limits::kSettingsFile.
[[nodiscard]] Expected<std::optional<SettingsText>> read_settings_file(
    const std::filesystem::path& path);

/// Settings as they are put together: first the built-in values, then the file, the environment,
/// the command line. Each may name some settings; the others stay. One thread at a time.
class Config {
 public:
  Config();

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] Origin origin(const Declaration& declaration) const;

  /// Takes a settings file: JSON with comments and trailing commas, an object of sections. A key
  /// that begins with "$" or "_" is the user's own. Errors: `invalid` with path, line and column
  /// for what is no JSON, an unknown key (with the nearest known ones) and a wrong value; nothing
  /// of the file is taken then.
  [[nodiscard]] Expected<void> read_file(const SettingsText& file);

  /// Takes the variables that are set. Errors: `invalid`, naming the variable.
  [[nodiscard]] Expected<void> read_environment(const Environment& environment);

  /// Takes one value of the command line. Errors: `invalid`, naming the flag.
  [[nodiscard]] Expected<void> read_flag(const Declaration& declaration, std::string_view word);

 private:
  [[nodiscard]] Expected<void> read_text(std::string_view text);
  void note(const Declaration& declaration, Origin origin);

  Settings settings_;
  std::vector<Origin> origins_;  ///< in the order of declarations()
};

}  // namespace llf::config
