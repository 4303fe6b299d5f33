#pragma once

#include "cli/output.hpp"
#include "os/signal_watch.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace llf::cli {

/// One line that was typed, or why there is none.
struct TypedLine {
  enum class End : std::uint8_t {
    line,          ///< `text`, without its line end; pasted text may hold line ends
    end_of_input,  ///< Ctrl-D on an empty line, or the terminal is gone
    interrupted,   ///< Ctrl-C; `text` is what stood on the line
    signal,        ///< another signal that ends programs, in `signal`
  };
  End end = End::line;
  std::string text;
  int signal = 0;
};

/// Reads lines from a terminal. Blocks. One thread.
class LineReader {
 public:
  LineReader() = default;
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  virtual ~LineReader() = default;

  /// Shows `prompt` (safe text on one line) and reads one line. The terminal is as it was before
  /// when this returns.
  [[nodiscard]] virtual TypedLine read(std::string_view prompt) = 0;

  /// Makes `entry` the newest that the arrow keys bring back.
  virtual void remember(std::string_view entry) = 0;
};

struct LineReaderOptions {
  int in_fd = 0;
  Output& out;                           ///< the terminal that echoes
  os::SignalWatch& signals;              ///< at least SIGINT; SIGTSTP, SIGCONT, SIGWINCH are served
  std::span<const std::string> history;  ///< oldest first
};

/// A reader with line editing, or a plain one where the terminal is dumb.
[[nodiscard]] std::unique_ptr<LineReader> make_line_reader(const LineReaderOptions& options);

}  // namespace llf::cli
