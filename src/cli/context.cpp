#include "cli/context.hpp"

#include "cli/server_control.hpp"
#include "net/run.hpp"
#include "text/safe_text.hpp"

#include <fmt/format.h>

#include <array>

namespace llf::cli {
namespace {

/// A client of the daemon that said this. Errors: it is of another version.
Expected<client::ApiClient> greet(Context& context, const client::DaemonStatus& status) {
  if (auto fits = client::check_protocol(status); !fits) return failure(fits.error());
  if (status.settings_error) {
    context.err.say(fmt::format("llf: the last good settings hold: {}\n",
                                text::safe_line(*status.settings_error)));
  }
  return client_of(context);
}

Expected<client::DaemonStatus> status_of(Context& context) {
  return net::run_until_done(context.loop, client_of(context).status());
}

Expected<client::DaemonStatus> status_of_running(Context& context) {
  if (!client::daemon_listens(context.paths)) {
    const auto program = daemon_program(context, std::array<std::string, 1>{"--on-demand"});
    if (!program) return failure(program.error());
    const auto started = client::ensure_daemon(context.paths, *program);
    if (!started) return failure(started.error());
  }
  return status_of(context);
}

/// Whether it may make room for one of our version (B2-11): nobody asked for it by name, and nobody
/// uses it.
bool is_replaceable(const client::DaemonStatus& status) {
  return !client::check_protocol(status) && status.on_demand && status.requests_active == 0;
}

}  // namespace

Expected<int> print(Context& context, std::string_view text, int code) {
  if (auto written = context.out.write(text); !written) return failure(written.error());
  return code;
}

Expected<client::ApiClient> connect(Context& context) {
  auto status = status_of_running(context);
  if (status && is_replaceable(*status)) {
    if (auto stopped = stop_daemon(context); !stopped) return failure(stopped.error());
    status = status_of_running(context);
  }
  if (!status) return failure(status.error());
  return greet(context, *status);
}

Expected<std::optional<client::ApiClient>> connect_if_running(Context& context) {
  if (!client::daemon_listens(context.paths)) return std::nullopt;
  const auto status = status_of(context);
  if (!status) return failure(status.error());
  auto client = greet(context, *status);
  if (!client) return failure(client.error());
  return std::move(*client);
}

client::ApiClient client_of(const Context& context) {
  return client::ApiClient(net::Endpoint::unix_socket(context.paths.socket().native()));
}

std::vector<std::string> home_arguments(const Context& context) {
  if (context.home.empty() && !os::env("LLF_HOME")) return {};
  // Absolute: the daemon works in another folder.
  return {"--home", context.paths.home.native()};
}

Expected<client::DaemonProgram> daemon_program(const Context& context,
                                               std::span<const std::string> arguments) {
  auto path = client::find_daemon_program();
  if (!path) return failure(path.error());
  client::DaemonProgram program{.path = std::move(*path), .arguments = home_arguments(context)};
  program.arguments.insert(program.arguments.end(), arguments.begin(), arguments.end());
  return program;
}

}  // namespace llf::cli
