#pragma once

#include "cli/output.hpp"
#include "os/signal_watch.hpp"

namespace llf::cli {

/// The signal that ends what a command does, as long as this lives: it also ends writes to both
/// outputs that wait for their reader. SIGTSTP stops us, SIGCONT and SIGWINCH mean nothing. All
/// given outlive it. One for an output at a time; main thread.
class Interruption {
 public:
  Interruption(os::SignalWatch& signals, Output& out, Output& err);
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;
  ~Interruption();

  /// Readable while a signal waits to be looked at.
  [[nodiscard]] int fd() const { return signals_.fd(); }

  /// Looks at what came: the number of the first signal that ends programs, from then on always;
  /// 0 while there is none. Does not block.
  [[nodiscard]] int signal();

 private:
  os::SignalWatch& signals_;
  Output& out_;
  Output& err_;
  int signal_ = 0;
};

}  // namespace llf::cli
