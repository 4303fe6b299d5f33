#pragma once

#include "base/expected.hpp"
#include "config/config.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

namespace llf::daemon {

/// What a start of llfd is told: settings, and what only a start knows.
struct StartOptions {
  std::string home;              ///< --home; empty: as os::resolve_paths decides
  bool on_demand = false;        ///< --on-demand: go on without the port, end when idle
  std::optional<int> ready_fd;   ///< --ready-fd: gets one line of JSON when ready or failed
  std::optional<pid_t> guarded;  ///< --guard: be the guard of this process (guard.hpp)
  config::Settings settings;
  config::Sources sources;  ///< of them
};

/// What the command line asks for.
struct CommandLine {
  enum class Action : std::uint8_t { run, check, version, help };
  Action action = Action::run;
  StartOptions options;
};

/// The settings file that belongs to a --home; nothing when there is none.
using SettingsFile =
    std::function<Expected<std::optional<config::SettingsText>>(const std::string& home)>;

/// Reads the settings file, the environment and `args` (without the program's name); later ones
/// win. Pure but for the two functions. Errors: `invalid`, naming the place, flag or variable, what
/// is wrong and what is accepted; those of `file`.
[[nodiscard]] Expected<CommandLine> parse_command_line(std::span<const std::string> args,
                                                       const config::Environment& environment,
                                                       const SettingsFile& file);

/// The real SettingsFile: os::Paths::settings_file. Blocks. Errors: those of os::resolve_paths and
/// config::read_settings_file.
[[nodiscard]] Expected<std::optional<config::SettingsText>> read_settings_file(
    const std::string& home);

/// The descriptor of --ready-fd, also on a line that is wrong otherwise: its error is reported
/// there. Pure.
[[nodiscard]] std::optional<int> find_ready_fd(std::span<const std::string> args);

/// Settings as a command line gives them: each flag, and its value. Pure.
[[nodiscard]] std::vector<std::string> words_of(const std::vector<config::FlagValue>& flags);

/// The text of --help.
[[nodiscard]] std::string help_text();

}  // namespace llf::daemon
