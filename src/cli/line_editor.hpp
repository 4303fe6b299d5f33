#pragma once

#include "cli/line_reader.hpp"

namespace llf::cli {

/// Line editing by libedit: Emacs keys, arrow keys through the history, Ctrl-R searches it,
/// Alt-Enter begins a new line. Pasted text (bracketed paste) never sends anything: one of several
/// lines is shown as "[pasted 12 lines #1]" and takes its place when the line is entered.
/// Null when the terminal cannot be set up.
[[nodiscard]] std::unique_ptr<LineReader> make_line_editor(const LineReaderOptions& options);

/// Pasted text with the line ends of this system, and without one at its end. Pure.
[[nodiscard]] std::string normalize_paste(std::string_view text);

}  // namespace llf::cli
