#pragma once

#include "cli/output.hpp"

#include <span>
#include <string>

namespace llf::cli {

/// The standard streams of one run of llf.
struct Streams {
  int in_fd = 0;
  Output out;
  Output err;
};

/// Runs the command that `words` (without the program's name) name, prints what it comes to, and
/// returns the exit code: 0 done, 1 failed, 2 usage, 128 + N ended by signal N (130: interrupted,
/// 141: the reader of the output is gone). Main thread.
[[nodiscard]] int run_llf(std::span<const std::string> words, Streams streams);

/// "llf 0.1.0\n"
[[nodiscard]] std::string version_text();

}  // namespace llf::cli
