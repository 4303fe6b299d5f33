#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace llf::text {

/// What is known of one output stream.
struct TerminalFacts {
  bool is_tty = false;
  std::optional<std::string> term;      ///< TERM
  std::optional<std::string> no_color;  ///< NO_COLOR
  std::size_t columns = 0;              ///< as the terminal says; 0: unknown
};

enum class Color : std::uint8_t { off, on };

/// What may be written to it.
struct Terminal {
  Color color = Color::off;
  bool rewrites = false;     ///< a line may be drawn again: progress, line editing
  std::size_t columns = 80;  ///< at least 20
};

/// Pure: colours need a terminal that is not dumb, and no NO_COLOR (no-color.org: set and not
/// empty); redrawing needs a terminal that is not dumb. Any thread.
[[nodiscard]] Terminal judge_terminal(const TerminalFacts& facts);

}  // namespace llf::text
