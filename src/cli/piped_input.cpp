#include "cli/piped_input.hpp"

#include "base/limits.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace llf::cli {
namespace {

Error read_error() {
  return errno_error("reading the standard input", errno);
}

/// The next bytes; empty at the end. Waits when there are none.
Expected<std::string> read_some(int fd) {
  std::string buffer(limits::kReadSize.bytes(), '\0');
  while (true) {
    const auto count = ::read(fd, buffer.data(), buffer.size());
    if (count >= 0) {
      buffer.resize(static_cast<std::size_t>(count));
      return buffer;
    }
    if (errno == EAGAIN) {
      pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
      static_cast<void>(::poll(&one, 1, -1));
    } else if (errno != EINTR) {
      return failure(read_error());
    }
  }
}

}  // namespace

InputKind kind_of_input(int fd) {
  struct stat facts{};
  if (::fstat(fd, &facts) != 0) return InputKind::nothing;
  if (S_ISFIFO(facts.st_mode) || S_ISSOCK(facts.st_mode) || S_ISREG(facts.st_mode)) {
    return InputKind::readable;
  }
  return ::isatty(fd) == 1 ? InputKind::terminal : InputKind::nothing;
}

Expected<bool> input_arrives(int fd, MonoTime deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - mono_now());
    pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&one, 1, static_cast<int>(std::max<long>(left.count(), 0)));
    if (ready >= 0) return ready > 0;
    if (errno != EINTR) return failure(read_error());
  }
}

Expected<PipedInput> read_piped_input(int fd, MonoTime deadline) {
  const auto arrives = input_arrives(fd, deadline);
  if (!arrives) return failure(arrives.error());
  if (!*arrives) return PipedInput{.end = PipedInput::End::silent, .bytes = {}};
  auto bytes = read_whole_input(fd);
  if (!bytes) return failure(bytes.error());
  return PipedInput{.end = PipedInput::End::complete, .bytes = std::move(*bytes)};
}

Expected<std::string> read_whole_input(int fd) {
  std::string all;
  while (true) {
    const auto piece = read_some(fd);
    if (!piece) return failure(piece.error());
    if (piece->empty()) return all;
    all += *piece;
    if (all.size() > limits::kRequestBody.bytes()) {
      return failure(ErrorKind::too_large,
                     fmt::format("the standard input is larger than {}, which is more than a "
                                 "request may hold",
                                 to_string(limits::kRequestBody)));
    }
  }
}

Utf8Text to_utf8(std::string bytes) {
  const bool replaced = !is_utf8(bytes);
  return {.text = repair_utf8(std::move(bytes)), .replaced = replaced};
}

}  // namespace llf::cli
