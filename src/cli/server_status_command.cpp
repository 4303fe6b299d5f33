#include "cli/server_status_command.hpp"

#include "cli/config_command.hpp"
#include "cli/render.hpp"
#include "client/daemon_start.hpp"
#include "json/json.hpp"
#include "net/run.hpp"

#include <fmt/format.h>

namespace llf::cli {
Expected<int> run_server_status(Context& context, const Arguments&) {
  const bool json = context.format == Format::json;
  if (!client::daemon_listens(context.paths)) {
    // The next one would not begin with them.
    if (const auto settings = settings_here(context); !settings) {
      context.err.say(fmt::format("llf: {}\n", settings.error().message));
    }
    return print(context,
                 json ? json::write_pretty(json::Object{{"running", false}})
                      : std::string("llfd is not running\n"),
                 1);
  }
  // Without the check of the protocol: a daemon of another version has a status too.
  auto answer = net::run_until_done(context.loop, client_of(context).get("/llf/v1/status"));
  if (!answer) return failure(answer.error());
  const auto status = client::read_status(*answer);
  if (!status) return failure(status.error());
  if (!json) return print(context, render_status(*status), 0);
  json::Object object{{"running", true}};
  for (const auto& member : answer->get_object()) object.insert(member);
  return print(context, json::write_pretty(object), 0);
}

}  // namespace llf::cli
