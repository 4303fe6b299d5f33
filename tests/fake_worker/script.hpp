#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace llf::fake_worker {

using std::chrono::milliseconds;

/// What goes wrong. README.md describes each directive.
struct Faults {
  std::optional<int> exit_at_load;
  bool missing_lib = false;
  bool never_ready = false;
  bool ignore_sigterm = false;
  bool crash_before_first_byte = false;
  std::optional<long> crash_after_events;
  std::optional<long> stall_after_events;
  std::optional<long> cut_after_events;
  milliseconds hang_before_first_byte{0};
  bool burn_cpu = false;
  bool split_utf8 = false;
  bool flood_events = false;
  std::optional<long> wrong_content_length;
  bool html_200 = false;
  bool wrong_content_type = false;
  bool no_done = false;
  long huge_event = 0;
  long eat_memory = 0;
  bool bad_chunk = false;
  bool duplicate_ids = false;
  int error_status = 0;
  std::string error_message = "as the script says";
};

enum class ReadyOn { engine_default, out, err, none };

/// How this process behaves, read from the "model" file.
struct Script {
  std::string answer =
      "The fake worker answers: one two three, \xC3\xA4\xE2\x82\xAC \xE6\xBC\xA2"
      "\xE5\xAD\x97 \xF0\x9F\xA6\x99 done.";
  bool echo = false;
  bool thinks = false;
  bool no_tools = false;
  std::string tool_call;  ///< "NAME ARGUMENTS": what it answers where there are tools
  std::optional<long> tokens;
  milliseconds token_delay{0};
  milliseconds slow_start{0};
  std::optional<milliseconds> ping;
  long flood_log = 0;
  std::vector<std::string> log;
  ReadyOn ready_on = ReadyOn::engine_default;
  std::string record;  ///< absolute path, or empty
  std::optional<long> crash_times;
  Faults faults;
};

/// Reads the file given by `-m`: a list of directives, or a model file that has one in its metadata
/// as `fake.script`, or else the defaults. Counts this spawn in
/// `PATH.spawns` when the script says `crash-times`. Returns nothing, with `error` set, when the
/// file cannot be read or has an unknown directive.
std::optional<Script> read_script(const std::string& path, std::string& error);

/// The pieces that an answer of `script` consists of: words with the space before them, as many as
/// `tokens` says, repeated from the start if that is more.
std::vector<std::string> split_answer(const std::string& answer, std::optional<long> tokens);

}  // namespace llf::fake_worker
