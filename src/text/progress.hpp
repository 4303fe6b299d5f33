#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace llf::text {

/// What one progress line tells.
struct Progress {
  std::string label;               ///< "loading llf-nano": safe text on one line
  std::optional<double> fraction;  ///< 0 to 1; nothing: unknown, so a spinner turns
  std::chrono::milliseconds elapsed{0};
  std::string detail{};  ///< shown in place of the elapsed time when it says something
};

/// One line of at most `columns`, without a line end: "loading x  ███████▍      42 %  1.3 s". Pure:
/// the time alone decides how a spinner stands. Any thread.
[[nodiscard]] std::string progress_line(const Progress& progress, std::size_t columns);

}  // namespace llf::text
