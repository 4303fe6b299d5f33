#pragma once

#include "base/expected.hpp"
#include "base/limits.hpp"
#include "log/log.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <sys/types.h>

namespace llf::daemon {

/// What a start of llfd may choose. Flags win over the environment, which wins over the defaults.
struct Settings {
  std::string home;                ///< --home; empty: as os::resolve_paths decides
  std::string host = "127.0.0.1";  ///< --host, LLF_HOST: the address of the public API
  std::uint16_t port = 8000;       ///< --port, LLF_PORT: 0 lets the system choose
  bool on_demand = false;          ///< --on-demand: go on without the port, end when idle
  std::optional<int> ready_fd;     ///< --ready-fd: gets one line of JSON when ready or failed
  std::optional<pid_t> guarded;    ///< --guard: be the guard of this process (guard.hpp)
  std::chrono::seconds idle_exit = limits::kIdleExit;  ///< --idle-exit, LLF_IDLE_EXIT
  std::string engine;  ///< --engine, LLF_ENGINE: the llama-server to use
  std::string models;  ///< --models, LLF_MODELS: one more folder of models
  std::chrono::seconds load_timeout = limits::kLoadTimeout;  ///< --load-timeout, LLF_LOAD_TIMEOUT
  std::chrono::seconds stall_timeout =
      limits::kStallTimeout;                     ///< --stall-timeout, LLF_STALL_TIMEOUT
  std::int64_t max_loaded = limits::kMaxLoaded;  ///< --max-loaded, LLF_MAX_LOADED
  log::Level log_level = log::Level::info;       ///< --log-level, LLF_LOG_LEVEL
};

/// What the command line asks for.
struct CommandLine {
  enum class Action : std::uint8_t { run, check, version, help };
  Action action = Action::run;
  Settings settings;
};

using Environment = std::function<std::optional<std::string>(const char*)>;

/// Reads `args` (without the program's name) and the environment. Pure but for `environment`.
/// Errors: `invalid`, naming the flag or variable, what is wrong and what is accepted.
[[nodiscard]] Expected<CommandLine> parse_command_line(std::span<const std::string> args,
                                                       const Environment& environment);

/// The descriptor of --ready-fd, also on a line that is wrong otherwise: its error is reported
/// there. Pure.
[[nodiscard]] std::optional<int> find_ready_fd(std::span<const std::string> args);

/// The text of --help.
[[nodiscard]] std::string help_text();

}  // namespace llf::daemon
