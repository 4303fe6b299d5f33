#pragma once

#include "base/expected.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

/// The log of llfd: one line per event, `TIME LEVEL AREA MESSAGE`. Text from outside is made safe
/// for a terminal and for a line (control characters escaped), secrets by shape are redacted, and
/// long lines are cut. A full disk or a closed pipe loses lines, which are counted, never the
/// service (F62).
namespace llf::log {

enum class Level : std::uint8_t { debug, info, warn, error };

/// Where lines go.
struct Options {
  std::string file;           ///< rotated at limits::kLogFile; empty: stderr
  Level level = Level::info;  ///< lines below it are not formatted at all
};

/// Opens the log; before it, lines go to stderr. Call once, from the main thread, before others
/// run. Errors: the file's folder cannot be made or written.
[[nodiscard]] Expected<void> open(const Options& options);

/// Flushes and closes; later lines go to stderr.
void close();

/// The number of lines that could not be written since `open`. Any thread.
[[nodiscard]] std::uint64_t dropped_lines();

/// Counts lines among them that another log (a worker's) could not write. Any thread.
void count_dropped(std::uint64_t lines);

/// Writes lines of `level` and above from now on. Any thread.
void set_level(Level level);

/// True when lines of `level` are written: for callers that would compute something costly.
[[nodiscard]] bool enabled(Level level);

/// Writes one line. Any thread. `area` is the module or worker that speaks.
void write(Level level, std::string_view area, std::string_view message);

/// `text` as it may stand in a log line: control characters as \xNN, what is no UTF-8 as U+FFFD,
/// secrets (`sk-…`, `hf_…`, `Bearer …`) as ***, cut at limits::kLogLine.
[[nodiscard]] std::string sanitize(std::string_view text);

template <class... Args>
void info(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::info)) {
    write(Level::info, area, fmt::format(format, std::forward<Args>(args)...));
  }
}

template <class... Args>
void warn(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::warn)) {
    write(Level::warn, area, fmt::format(format, std::forward<Args>(args)...));
  }
}

template <class... Args>
void error(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  write(Level::error, area, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void debug(std::string_view area, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::debug)) {
    write(Level::debug, area, fmt::format(format, std::forward<Args>(args)...));
  }
}

}  // namespace llf::log
