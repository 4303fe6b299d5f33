#include "cli/server_control.hpp"

#include "cli/server_start_command.hpp"
#include "json/json.hpp"
#include "net/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>

namespace llf::cli {
namespace {

bool is_path(const OptionSpec& option) {
  return option.value == "PATH" || option.value == "DIR";
}

Expected<client::DaemonStatus> status_of(Context& context) {
  return net::run_until_done(context.loop, client_of(context).status());
}

}  // namespace

Expected<Stopped> stop_daemon(Context& context) {
  const bool listens = client::daemon_listens(context.paths);
  std::string who = "llfd";
  if (listens) {
    if (const auto status = status_of(context)) who = fmt::format("llfd (pid {})", status->pid);
    const auto asked = net::run_until_done(context.loop, client_of(context).stop());
    // It may have ended in between: whether it is gone is asked below.
    if (!asked && asked.error().kind == ErrorKind::timeout) {
      return failure(asked.error().with_context(who + " does not answer"));
    }
  }
  const auto gone = client::wait_until_gone(context.paths, limits::kStopLimit);
  if (!gone) return failure(gone.error().with_context(who + " does not end"));
  return listens ? Stopped::now : Stopped::was_not_running;
}

Expected<Stopped> stop_for(Context& context, const client::DaemonProgram& program) {
  if (auto checked = client::check_daemon(context.paths, program); !checked) {
    return failure(checked.error());
  }
  return stop_daemon(context);
}

Expected<client::DaemonStatus> replace_daemon(Context& context,
                                              const client::DaemonProgram& program) {
  if (auto checked = client::check_daemon(context.paths, program); !checked) {
    return failure(checked.error());
  }
  const auto environment = client::daemon_environment();
  if (!environment) return failure(environment.error());
  const auto& arguments = program.arguments;
  const auto running = net::run_until_done(
      context.loop, client_of(context).restart(
                        {{"program", program.path.native()},
                         {"arguments", json::Array(arguments.begin(), arguments.end())},
                         {"environment", json::Array(environment->begin(), environment->end())}}));
  if (!running) return failure(running.error());
  if (*running > 0) {
    context.err.say(fmt::format("llf: {} running answer{} first\n", *running,
                                *running == 1 ? " ends" : "s end"));
  }
  return net::run_until_done(context.loop, client_of(context).status_after_restart());
}

Expected<client::DaemonStatus> start_daemon(Context& context,
                                            std::span<const std::string> arguments) {
  const bool listens = client::daemon_listens(context.paths);
  if (listens) {
    auto status = status_of(context);
    if (!status) return failure(status.error());
    if (!status->on_demand && arguments.empty()) return status;
    if (!status->on_demand) {
      return failure(
          ErrorKind::conflict,
          fmt::format("llfd is running already (pid {}): 'llf server restart' takes the options",
                      status->pid));
    }
  }
  const auto program = daemon_program(context, arguments);
  if (!program) return failure(program.error());
  if (listens) {
    if (auto stopped = stop_for(context, *program); !stopped) return failure(stopped.error());
  }
  const auto started = client::ensure_daemon(context.paths, *program);
  if (!started) return failure(started.error());
  return status_of(context);
}

Expected<std::vector<std::string>> daemon_arguments(const Arguments& arguments) {
  if (arguments.has(kShareOption.name) && arguments.has("--host")) {
    return failure(ErrorKind::invalid, "--share listens on every address: leave --host out");
  }
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  std::vector<std::string> out;
  if (arguments.has(kShareOption.name)) out = {"--host", "0.0.0.0"};
  for (const auto& option : daemon_options()) {
    auto value = arguments.text(option.name);
    if (!value) continue;
    const bool port = option.name == "--port";
    if (port || option.value == "NUMBER" || option.value == "SECONDS") {
      const auto number = arguments.integer(option.name, port ? 0 : 1, port ? 65'535 : kMost);
      if (!number) return failure(number.error());
    }
    if (is_path(option)) {
      const auto whole = os::whole_path(*value);
      if (!whole) return failure(whole.error().with_context(option.name));
      value = whole->native();
    }
    out.emplace_back(option.name);
    out.push_back(std::move(*value));
  }
  return out;
}

std::span<const OptionSpec> daemon_options() {
  return kDaemonOptions;
}

}  // namespace llf::cli
