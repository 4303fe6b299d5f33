#include "cli/confirmation.hpp"

#include "base/limits.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <string>
#include <unistd.h>

namespace llf::cli {
namespace {

/// A line that somebody types; empty at the end of the input.
std::string read_line(int fd) {
  std::string line;
  for (char c = 0; line.size() < limits::kTypedAnswer;) {
    const auto got = ::read(fd, &c, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0 || c == '\n') break;
    line += c;
  }
  return line;
}

}  // namespace

Expected<bool> confirm(Context& context, std::string_view question) {
  if (::isatty(context.in_fd) == 0) {
    return failure(ErrorKind::invalid,
                   "nobody is here to be asked: say --yes to remove it, or --dry-run to look");
  }
  context.err.say(fmt::format("{} [y/N] ", question));
  const auto answer = read_line(context.in_fd);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace llf::cli
