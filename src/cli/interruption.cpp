#include "cli/interruption.hpp"

#include <csignal>

namespace llf::cli {

Interruption::Interruption(os::SignalWatch& signals, Output& out, Output& err)
    : signals_(signals), out_(out), err_(err) {
  out_.interrupt_by(this);
  err_.interrupt_by(this);
}

Interruption::~Interruption() {
  out_.interrupt_by(nullptr);
  err_.interrupt_by(nullptr);
}

int Interruption::signal() {
  while (signal_ == 0) {
    const auto number = signals_.take();
    if (!number) break;
    if (*number == SIGTSTP) {
      ::raise(SIGSTOP);
    } else if (*number != SIGCONT && *number != SIGWINCH) {
      signal_ = *number;
    }
  }
  return signal_;
}

}  // namespace llf::cli
