#pragma once

#include "base/expected.hpp"
#include "os/child_process.hpp"

#include <string>
#include <vector>

namespace llf::os {

/// Runs a program that takes over the terminal, an editor, and waits for its end: with our standard
/// streams, environment and process group. Ctrl-C and Ctrl-\ are its business meanwhile. argv[0] is
/// searched on PATH. Errors: it cannot be started. Main thread, while no other one handles signals.
[[nodiscard]] Expected<ExitStatus> run_in_foreground(const std::vector<std::string>& argv);

}  // namespace llf::os
