#pragma once

#include "base/expected.hpp"
#include "config/config.hpp"
#include "config/difference.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::daemon {

/// The settings of a daemon that runs, which follow the settings file. Loop thread.
class LiveSettings {
 public:
  /// `settings`: what `sources` came to at the start.
  LiveSettings(config::Sources sources, config::Settings settings);
  LiveSettings(const LiveSettings&) = delete;
  LiveSettings& operator=(const LiveSettings&) = delete;

  /// Those of now. The object stays the same, its values do not: nobody may keep a part of it over
  /// a wait.
  [[nodiscard]] const config::Settings& current() const { return current_; }

  /// Takes the file over as it is now; returns what changed. A wrong file changes nothing and is
  /// remembered in `error`.
  std::vector<config::Change> take(Expected<std::optional<config::SettingsText>> file);

  /// What they would be with that file. Errors: those of Config::merge.
  [[nodiscard]] Expected<config::Settings> settings_with(config::SettingsText file) const;

  /// The files that the settings file refers to, be it right or wrong but for its JSON.
  [[nodiscard]] const std::vector<std::string>& referenced_files() const {
    return referenced_files_;
  }

  /// What is wrong with the file, while the last good settings hold.
  [[nodiscard]] const std::optional<std::string>& error() const { return error_; }

  /// The settings whose values wait for a restart when these are the ones of now.
  [[nodiscard]] std::vector<std::string> waiting(const config::Settings& settings) const;

 private:
  void note_references(const config::Settings& settings);

  config::Sources sources_;
  std::vector<std::string> referenced_files_;
  config::Settings at_start_;
  config::Settings current_;
  std::optional<std::string> error_;
};

}  // namespace llf::daemon
