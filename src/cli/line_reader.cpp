#include "cli/line_reader.hpp"

#include "cli/line_editor.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <unistd.h>

namespace llf::cli {
namespace {

/// Lines as the terminal itself edits them.
class PlainReader final : public LineReader {
 public:
  explicit PlainReader(const LineReaderOptions& options)
      : in_fd_(options.in_fd), out_(options.out), signals_(options.signals) {}

  TypedLine read(std::string_view prompt) override {
    out_.say(prompt);
    TypedLine typed;
    while (true) {
      if (const auto end = buffer_.find('\n'); end != std::string::npos) {
        typed.text = buffer_.substr(0, end);
        buffer_.erase(0, end + 1);
        return typed;
      }
      if (const int signal = wait(); signal != 0) {
        typed.end = signal == SIGINT ? TypedLine::End::interrupted : TypedLine::End::signal;
        typed.signal = signal;
        typed.text = std::exchange(buffer_, {});
        return typed;
      }
      if (!read_more()) {
        // The last line may lack its end.
        if (!buffer_.empty())
          return {.end = TypedLine::End::line, .text = std::exchange(buffer_, {})};
        return {.end = TypedLine::End::end_of_input, .text = {}};
      }
    }
  }

  void remember(std::string_view) override {}

 private:
  /// Until input is there: 0; or until a signal that ends programs: its number.
  int wait() {
    while (true) {
      std::array<pollfd, 2> both{{{.fd = in_fd_, .events = POLLIN, .revents = 0},
                                  {.fd = signals_.fd(), .events = POLLIN, .revents = 0}}};
      static_cast<void>(::poll(both.data(), both.size(), -1));
      while (const auto number = signals_.take()) {
        if (*number == SIGTSTP) {
          ::raise(SIGSTOP);
        } else if (*number != SIGCONT && *number != SIGWINCH) {
          return *number;
        }
      }
      if (both[0].revents != 0) return 0;
    }
  }

  bool read_more() {
    std::array<char, 4096> bytes{};
    const auto count = ::read(in_fd_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) return true;
    if (count <= 0) return false;
    buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    return true;
  }

  int in_fd_;
  Output& out_;
  os::SignalWatch& signals_;
  std::string buffer_;
};

}  // namespace

std::unique_ptr<LineReader> make_line_reader(const LineReaderOptions& options) {
  if (options.out.terminal().rewrites) {
    if (auto editor = make_line_editor(options)) return editor;
  }
  return std::make_unique<PlainReader>(options);
}

}  // namespace llf::cli
