#include "daemon/daemon.hpp"
#include "daemon/settings.hpp"
#include "os/paths.hpp"

#include <csignal>
#include <cstdio>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

namespace {

void say(std::FILE* out, std::string_view text) {
  static_cast<void>(std::fwrite(text.data(), 1, text.size(), out));
}

int fail(const llf::Error& error, const std::optional<int>& ready_fd) {
  say(stderr, "llfd: " + error.message + "\n");
  if (ready_fd) llf::daemon::report_readiness(*ready_fd, llf::failure(error));
  return llf::facts(error.kind).exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  const auto line = llf::daemon::parse_command_line(args, llf::os::env);
  if (!line) return fail(line.error(), std::nullopt);
  switch (line->action) {
    case llf::daemon::CommandLine::Action::version:
      say(stdout, "llfd " LLF_VERSION "\n");
      return 0;
    case llf::daemon::CommandLine::Action::help:
      say(stdout, llf::daemon::help_text());
      return 0;
    case llf::daemon::CommandLine::Action::run:
      break;
  }
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  ::umask(077);
  auto daemon = llf::daemon::Daemon::create(line->settings);
  if (!daemon) return fail(daemon.error(), line->settings.ready_fd);
  say(stderr, "llfd: " + (*daemon)->describe() + "\n");
  if (line->settings.ready_fd) llf::daemon::report_readiness(*line->settings.ready_fd, {});
  (*daemon)->run();
  return 0;
}
