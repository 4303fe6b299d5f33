#include "cli/output.hpp"

#include "os/paths.hpp"

#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace llf::cli {
bool Output::interrupted() const {
  pollfd one{.fd = interrupt_fd_, .events = POLLIN, .revents = 0};
  return interrupt_fd_ >= 0 && ::poll(&one, 1, 0) > 0;
}

void Output::wait_for_room() const {
  // A negative descriptor is left out by poll.
  std::array<pollfd, 2> both{{{.fd = fd_, .events = POLLOUT, .revents = 0},
                              {.fd = interrupt_fd_, .events = POLLIN, .revents = 0}}};
  static_cast<void>(::poll(both.data(), both.size(), -1));
}

Expected<void> Output::write(std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd_, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {
      broken_ = true;
      return failure(ErrorKind::cancelled, "the reader of the output is gone");
    } else if (errno == EINTR) {
      if (interrupted()) return failure(ErrorKind::cancelled, "interrupted");
    } else if (errno == EAGAIN) {
      // Somebody who shares the descriptor made it non-blocking.
      wait_for_room();
      if (interrupted()) return failure(ErrorKind::cancelled, "interrupted");
    } else {
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
