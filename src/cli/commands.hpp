#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llf::cli {

/// One command of llf. Its page, printed by --help, is docs/reference/cli/PAGE.md.
struct Command {
  std::string_view name;  ///< "server start"; empty: what `llf` alone does
  std::string_view page;  ///< "server-start"
  std::span<const OptionSpec> options;
  std::size_t max_words = 0;
  /// Does it and returns the exit code; errors are printed by the caller.
  Expected<int> (*run)(Context& context, const Arguments& arguments) = nullptr;
};

/// Every command of this version.
[[nodiscard]] std::span<const Command> commands();

/// The command that a line names, and the rest of its words.
struct Choice {
  const Command* command = nullptr;
  std::vector<std::string> words;
};

/// Finds the command by its one or two words, wherever global options stand; a line that begins
/// with an option of its own, and an empty one, is a chat. Pure. Errors: `invalid` for what is no
/// command, with the nearest; `unavailable` for a command of a later version.
[[nodiscard]] Expected<Choice> choose_command(std::span<const std::string> words);

}  // namespace llf::cli
