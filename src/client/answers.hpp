#pragma once

#include "base/expected.hpp"
#include "json/json.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What the control API answers, as types (docs/reference/control-api.md). Reading them is pure; an
/// answer that is not as agreed is `upstream`, and fields that are not known are ignored.
namespace llf::client {

/// The version of the control API that this program speaks.
inline constexpr std::int64_t kProtocol = 1;

struct DaemonStatus {
  struct Listen {
    std::string address;
    std::int64_t port = 0;
    bool tls = false;
    std::optional<std::string> error;  ///< why the port is not served
  };
  struct Engine {
    std::string path;
    std::string version;
    std::string origin;
  };

  std::string version;
  std::int64_t protocol = 0;
  std::int64_t pid = 0;
  std::int64_t uptime_s = 0;
  std::string home;
  std::string socket;
  std::string log_file;
  std::int64_t log_lines_dropped = 0;  ///< could not be written
  bool on_demand = false;
  Listen listen;
  std::optional<Engine> engine;               ///< nothing: there is none on this machine
  std::optional<std::string> settings_error;  ///< of the file on disk: the last good ones hold
  std::int64_t settings_generation = 0;       ///< how often changed settings were taken over
  std::vector<std::string> settings_restart;  ///< settings that wait for a restart
  std::vector<std::string> options;           ///< of its command line, each with its value
  std::int64_t workers = 0;
  std::int64_t requests_active = 0;
};

/// What the daemon says of settings that it took over or compared.
struct SettingsReport {
  struct Change {
    std::string name;
    json::Value from;    ///< null: it is new
    json::Value to;      ///< null: it is gone
    std::string effect;  ///< "at_once", "workers" or "restart"
  };
  std::vector<Change> changes;
  std::vector<std::string> workers;  ///< those that load anew
  std::vector<std::string> ending;   ///< those that only end
  std::vector<std::string> restart;  ///< settings that wait for a restart of the daemon
  std::optional<std::string> error;  ///< what is wrong with the file: the last good ones hold
};

struct ModelInfo {
  std::string id;
  std::int64_t size_bytes = 0;
  std::string source;       ///< "built-in", "folder" or "profile"
  bool is_default = false;  ///< what a request without a model gets
  bool loaded = false;
};

/// What a word may be: one that is nothing but a model's name may be only its beginning.
enum class Word : std::uint8_t { may_be_prompt, is_model };

/// The models' names, and what a word has to do with them.
struct KnownNames {
  std::vector<std::string> names;  ///< with the word, where it names one in a shorter form
  std::string absence;             ///< why it names none; empty: it names one
  bool unheard_of = false;  ///< it is not short for several either, nor for one that is to come
};

struct WorkerInfo {
  std::string model;
  std::string state;
  std::optional<std::int64_t> pid;
  std::int64_t rss_bytes = 0;
  std::int64_t gpu_bytes = 0;
  std::int64_t size_bytes = 0;
  std::int64_t context = 0;
  std::int64_t slots = 0;
  std::int64_t active = 0;
  std::int64_t queued = 0;  ///< wait for a slot
  std::int64_t waiting = 0;
  std::optional<double> progress;  ///< 0 to 1 while it loads
  std::int64_t uptime_s = 0;
  std::int64_t idle_s = 0;
  std::int64_t restarts = 0;
  std::optional<std::string> error;
};

/// A request that waits for its model to get room, and why something happened to a model.
struct SchedulerNote {
  std::string model;
  std::string what;  ///< "waits", "loads", "ends", "refused"
  std::int64_t ago_s = 0;
  std::string why;
};

[[nodiscard]] Expected<DaemonStatus> read_status(const json::Value& value);
[[nodiscard]] Expected<SettingsReport> read_settings_report(const json::Value& value);
[[nodiscard]] Expected<std::vector<ModelInfo>> read_models(const json::Value& value);
[[nodiscard]] Expected<KnownNames> read_known_names(const json::Value& value, std::string word,
                                                    Word use);
[[nodiscard]] Expected<std::vector<WorkerInfo>> read_workers(const json::Value& value);
/// "waiting" or "decisions" of the same answer.
[[nodiscard]] Expected<std::vector<SchedulerNote>> read_notes(const json::Value& value,
                                                              std::string_view list);

/// The lines of GET /llf/v1/logs.
[[nodiscard]] Expected<std::vector<std::string>> read_lines(const json::Value& value);

/// The error that an answer with `status` and this body stands for: its message and kind where the
/// body is `{"error":{…}}`, else one made from the status. `upstream` stands for `invalid`: what
/// the daemon refuses was no mistake on our own command line, which alone ends with that exit code.
[[nodiscard]] Error read_error(int status, std::string_view body);

/// The same for the `error` member of an event.
[[nodiscard]] Error read_error_object(const json::Value& error);

/// `conflict`, with the command that helps, when the daemon speaks another version of the control
/// API than this program.
[[nodiscard]] Expected<void> check_protocol(const DaemonStatus& status);

}  // namespace llf::client
