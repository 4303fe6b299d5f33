#pragma once

#include "base/expected.hpp"

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::os {

/// The value of an environment variable; nothing when it is unset or empty. The only getenv of
/// llf. Main thread, or any while nobody sets variables (nobody does).
[[nodiscard]] std::optional<std::string> env(const char* name);

/// Reads an environment variable: `env`, or a test's.
using Environment = std::function<std::optional<std::string>(const char*)>;

/// Every "NAME=value" of this process's environment.
[[nodiscard]] std::vector<std::string> environment();

/// 8 hex digits made of `text` (FNV-1a, folded to 32 bits): a short name for it, not a secret.
/// Pure.
[[nodiscard]] std::string short_hash(std::string_view text);

/// The absolute path of the running program (/proc/self/exe), symbolic links resolved.
[[nodiscard]] Expected<std::filesystem::path> executable_path();

/// Where everything of one llf installation ("home") lives: absolute paths. Nothing is created by
/// computing them.
struct Paths {
  std::filesystem::path home;        ///< what LLF_HOME or --home names; else the data folder
  std::filesystem::path config_dir;  ///< config.json
  std::filesystem::path data_dir;    ///< models of ours, database
  std::filesystem::path cache_dir;   ///< may be deleted at any time
  std::filesystem::path state_dir;   ///< logs
  std::filesystem::path run_dir;     ///< sockets, locks; 0700; under 84 bytes
  std::filesystem::path engine_dir;  ///< the private engine of this user, shared by all homes:
                                     ///< $XDG_DATA_HOME/llf/engine; empty without a HOME

  [[nodiscard]] std::filesystem::path settings_file() const { return config_dir / "config.json"; }
  [[nodiscard]] std::filesystem::path prompts_dir() const { return config_dir / "prompts"; }
  [[nodiscard]] std::filesystem::path log_dir() const { return state_dir / "log"; }
  [[nodiscard]] std::filesystem::path daemon_log() const { return log_dir() / "llfd.log"; }
  /// The daemon's Unix socket. Always under 100 bytes, so that it fits into sockaddr_un.
  [[nodiscard]] std::filesystem::path socket() const { return run_dir / "llfd.sock"; }
  /// flock held by llfd for its whole life.
  [[nodiscard]] std::filesystem::path daemon_lock() const { return run_dir / "llfd.lock"; }
  /// flock held by an `llf` while it starts a daemon.
  [[nodiscard]] std::filesystem::path start_lock() const { return run_dir / "start.lock"; }
  /// Advisory: nothing is decided by it.
  [[nodiscard]] std::filesystem::path pid_file() const { return run_dir / "llfd.pid"; }
  /// What a daemon that was killed may have left behind: see worker/journal.hpp.
  [[nodiscard]] std::filesystem::path worker_journal() const { return run_dir / "workers.json"; }
};

/// Inputs of resolve_paths; the defaults are the real ones.
struct PathOptions {
  std::string home;  ///< --home; empty: LLF_HOME, else the XDG folders
  Environment env = os::env;
  std::filesystem::path tmp_dir = "/tmp";
};

/// Decides where things are. With a home: HOME/{config,data,cache,state,run}. Else the XDG folders
/// (relative values are ignored, as the XDG base directory specification says). The run folder is
/// a subfolder, named by 8 hex digits of the data folder's real path, of the first that fits:
/// HOME/run with a home; $XDG_RUNTIME_DIR/llf if $XDG_RUNTIME_DIR is a folder, ours and 0700;
/// /tmp/llf-UID. A place whose socket names would exceed 100 bytes does not fit.
/// Errors: `forbidden` when the run folder exists and is not a folder of ours with mode 0700 (an
/// attacker may have made /tmp/llf-UID); `invalid` when there is neither a home nor a HOME.
[[nodiscard]] Expected<Paths> resolve_paths(const PathOptions& options = {});

/// Creates the run folder (and the folders above it), 0700, and checks it as resolve_paths does.
[[nodiscard]] Expected<void> ensure_run_dir(const Paths& paths);

/// Creates `dir` with all folders above it; new ones get mode 0700. An existing one is left as is.
[[nodiscard]] Expected<void> ensure_dir(const std::filesystem::path& dir);

/// The whole path of a file that somebody named, without "." and "..". Errors: `invalid` for an
/// empty name; not_found when the current folder is gone.
[[nodiscard]] Expected<std::filesystem::path> whole_path(const std::filesystem::path& named);

}  // namespace llf::os
