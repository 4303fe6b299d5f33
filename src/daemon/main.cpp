#include "daemon/daemon.hpp"
#include "daemon/guard.hpp"
#include "daemon/listening.hpp"
#include "daemon/readiness.hpp"
#include "daemon/start_options.hpp"
#include "gguf/demand.hpp"
#include "os/inherited.hpp"
#include "os/paths.hpp"
#include "os/processor.hpp"
#include "os/service_manager.hpp"
#include "os/umask.hpp"

#include <csignal>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

/// Whether a daemon with these settings could begin: says so as a start does.
int check(const llf::daemon::StartOptions& options) {
  if (const auto could = llf::daemon::check_start(options); !could) {
    return fail(could.error(), options.ready_fd);
  }
  if (options.ready_fd) llf::daemon::report_readiness(*options.ready_fd, {});
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  auto inherited = llf::os::take_inherited();
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));  // a file that may not grow is an error (F26)
  const auto line =
      llf::daemon::parse_command_line(args, llf::os::env, llf::daemon::read_settings_file);
  if (!line) return fail(line.error(), llf::daemon::find_ready_fd(args));
  switch (line->action) {
    case llf::daemon::CommandLine::Action::version:
      say(stdout, "llfd " LLF_VERSION "\n");
      return 0;
    case llf::daemon::CommandLine::Action::help:
      say(stdout, llf::daemon::help_text());
      return 0;
    case llf::daemon::CommandLine::Action::check:
      return check(line->options);
    case llf::daemon::CommandLine::Action::run:
      break;
  }
  llf::os::keep_files_private();
  if (line->options.guarded) {
    return llf::daemon::run_guard(line->options.home, *line->options.guarded);
  }
  if (llf::os::has_matrix_units()) llf::gguf::plan_for(llf::gguf::Processor::matrix_units);
  auto daemon = llf::daemon::Daemon::create(line->options, std::move(inherited));
  if (!daemon) return fail(daemon.error(), line->options.ready_fd);
  auto guard = llf::daemon::start_guard(line->options.home);
  say(stderr, "llfd: " + (*daemon)->describe() + "\n");
  if (line->options.ready_fd) llf::daemon::report_readiness(*line->options.ready_fd, {});
  llf::os::notify_service_manager("READY=1");
  (*daemon)->run(std::move(guard));
  const auto successor = (*daemon)->take_successor();
  daemon->reset();
  if (!successor) return 0;
  const auto error = llf::os::become(*successor);
  say(stderr, "llfd: " + error.message + "\n");
  return llf::facts(error.kind).exit_code;
}
