#pragma once

#include "base/expected.hpp"
#include "text/terminal.hpp"

#include <string_view>

namespace llf::cli {

class Interruption;

/// Standard output or standard error. Everything is written at once, without a buffer: what was
/// printed is there, whatever ends the program. One thread.
class Output {
 public:
  Output(int fd, text::Terminal terminal) : fd_(fd), terminal_(terminal) {}

  /// Writes all of `text`. Errors: io; `cancelled` once the reader is gone (the program should end
  /// without a word, see `broken`) or when interrupted.
  [[nodiscard]] Expected<void> write(std::string_view text);

  /// The same for what only informs: that it cannot be written does not matter.
  void say(std::string_view text) { static_cast<void>(write(text)); }

  /// For Interruption: a write that has to wait for its reader is given up once there is a signal.
  void interrupt_by(Interruption* interruption) { interruption_ = interruption; }

  [[nodiscard]] bool broken() const { return broken_; }
  [[nodiscard]] const text::Terminal& terminal() const { return terminal_; }
  [[nodiscard]] text::Color color() const { return terminal_.color; }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  [[nodiscard]] bool wait_for_room() const;

  int fd_;
  text::Terminal terminal_;
  Interruption* interruption_ = nullptr;
  bool broken_ = false;
};

/// The output `fd` of this process, judged by what it is and by TERM and NO_COLOR.
[[nodiscard]] Output open_output(int fd);

}  // namespace llf::cli
