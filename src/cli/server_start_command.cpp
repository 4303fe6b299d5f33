#include "cli/server_start_command.hpp"

#include "cli/render.hpp"
#include "cli/server_control.hpp"
#include "json/json.hpp"
#include "net/run.hpp"
#include "os/inherited.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace llf::cli {
namespace {

Expected<int> report(Context& context, const client::DaemonStatus& status) {
  std::string text = render_address(status) + "\n";
  if (context.format == Format::json) {
    const auto answer = net::run_until_done(context.loop, client_of(context).get("/llf/v1/status"));
    if (!answer) return failure(answer.error());
    text = json::write_pretty(*answer);
  }
  if (auto written = context.out.write(text); !written) return failure(written.error());
  return 0;
}

/// A daemon that was started on demand makes room for one that stays; another one is a conflict.
Expected<void> make_room(Context& context, const client::DaemonProgram& program) {
  if (!client::daemon_listens(context.paths)) return {};
  const auto status = net::run_until_done(context.loop, client_of(context).status());
  if (!status) return failure(status.error());
  if (!status->on_demand) {
    return failure(ErrorKind::conflict,
                   fmt::format("llfd is running already (pid {}): stop it with 'llf server stop'",
                               status->pid));
  }
  const auto stopped = stop_for(context, program);
  if (!stopped) return failure(stopped.error());
  return {};
}

Expected<int> become_daemon(Context& context, const Expected<std::vector<std::string>>& passed_on) {
  if (!passed_on) return failure(passed_on.error());
  const auto program = daemon_program(context, *passed_on);
  if (!program) return failure(program.error());
  if (auto room = make_room(context, *program); !room) return failure(room.error());
  std::vector<std::string> argv{program->path.native()};
  argv.insert(argv.end(), program->arguments.begin(), program->arguments.end());
  return failure(os::become({.argv = std::move(argv), .env = os::environment()}));
}

Expected<int> start_and_report(Context& context,
                               const Expected<std::vector<std::string>>& passed_on) {
  if (!passed_on) return failure(passed_on.error());
  const auto status = start_daemon(context, *passed_on);
  if (!status) return failure(status.error());
  return report(context, *status);
}

/// The options of the daemon that runs, but for those that are given anew, and these.
Expected<std::vector<std::string>> options_from(Context& context, std::vector<std::string> given) {
  const auto status = net::run_until_done(context.loop, client_of(context).status());
  if (!status) return failure(status.error());
  std::vector<std::string> all;
  for (std::size_t i = 0; i + 1 < status->options.size(); i += 2) {
    const auto& flag = status->options[i];
    if (std::ranges::find(given, flag) != given.end()) continue;
    all.push_back(flag);
    all.push_back(status->options[i + 1]);
  }
  std::ranges::move(given, std::back_inserter(all));
  return all;
}

}  // namespace

Expected<int> run_server_start(Context& context, const Arguments& arguments) {
  const auto passed_on = daemon_arguments(arguments);
  return arguments.has(kForegroundOption.name) ? become_daemon(context, passed_on)
                                               : start_and_report(context, passed_on);
}

Expected<int> run_server_restart(Context& context, const Arguments& arguments) {
  auto passed_on = daemon_arguments(arguments);
  const bool listens = client::daemon_listens(context.paths);
  if (passed_on && listens) passed_on = options_from(context, *std::move(passed_on));
  if (!passed_on) return failure(passed_on.error());
  const auto program = daemon_program(context, *passed_on);
  if (!program) return failure(program.error());
  if (listens && !arguments.has(kForegroundOption.name)) {
    const auto status = replace_daemon(context, *program);
    if (status) return report(context, *status);
    // One of an earlier version cannot hand anything over.
    if (status.error().kind != ErrorKind::not_found) return failure(status.error());
  }
  const auto stopped = stop_for(context, *program);
  if (!stopped) return failure(stopped.error());
  return arguments.has(kForegroundOption.name) ? become_daemon(context, passed_on)
                                               : start_and_report(context, passed_on);
}

Expected<int> run_serve(Context& context, const Arguments& arguments) {
  return become_daemon(context, daemon_arguments(arguments));
}

}  // namespace llf::cli
