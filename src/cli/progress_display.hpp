#pragma once

#include "base/clock.hpp"
#include "cli/output.hpp"
#include "client/answers.hpp"
#include "text/progress.hpp"

#include <optional>
#include <span>
#include <string>

namespace llf::cli {

/// One line on standard error that is drawn again and again, and taken away before anything else is
/// printed. Draws nothing where a line cannot be drawn again. One thread.
class ProgressDisplay {
 public:
  explicit ProgressDisplay(Output& err) : err_(err) {}
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;
  ~ProgressDisplay() { clear(); }

  void draw(const text::Progress& progress);
  void clear();

 private:
  Output& err_;
  bool drawn_ = false;
};

/// What a chat waits for that goes to one of these workers: its being loaded, or the model's first
/// word. Pure.
[[nodiscard]] text::Progress waiting_for(std::span<const client::WorkerInfo> workers,
                                         Duration elapsed);

}  // namespace llf::cli
