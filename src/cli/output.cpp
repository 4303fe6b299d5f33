#include "cli/output.hpp"

#include "cli/interruption.hpp"
#include "os/paths.hpp"

#include <climits>

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace llf::cli {

/// False when a signal came instead.
bool Output::wait_for_room() const {
  // A negative descriptor is left out by poll.
  const int signals = interruption_ == nullptr ? -1 : interruption_->fd();
  std::array<pollfd, 2> both{{{.fd = fd_, .events = POLLOUT, .revents = 0},
                              {.fd = signals, .events = POLLIN, .revents = 0}}};
  // A signal may have come long before, and have been taken.
  while (::poll(both.data(), 1, 0) <= 0) {
    if (interruption_ != nullptr && interruption_->signal() != 0) return false;
    static_cast<void>(::poll(both.data(), both.size(), -1));
  }
  return true;
}

Expected<void> Output::write(std::string_view text) {
  while (!text.empty()) {
    if (!wait_for_room()) return failure(ErrorKind::cancelled, "interrupted");
    // A pipe with room takes so much without waiting, even if nobody made it non-blocking.
    const auto written = ::write(fd_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      broken_ = true;
      return failure(ErrorKind::cancelled, "the reader of the output is gone");
    } else if (errno != EINTR && errno != EAGAIN) {
      return failure(errno_error("writing the output", errno));
    }
  }
  return {};
}

Output open_output(int fd) {
  text::TerminalFacts facts;
  facts.is_tty = ::isatty(fd) == 1;
  if (facts.is_tty) {
    facts.term = os::env("TERM");
    facts.no_color = os::env("NO_COLOR");
    winsize size{};
    if (::ioctl(fd, TIOCGWINSZ, &size) == 0) facts.columns = size.ws_col;
  }
  return {fd, text::judge_terminal(facts)};
}

}  // namespace llf::cli
