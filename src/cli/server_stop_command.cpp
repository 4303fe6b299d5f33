#include "cli/server_stop_command.hpp"

#include "cli/server_control.hpp"
#include "json/json.hpp"

namespace llf::cli {

Expected<int> run_server_stop(Context& context, const Arguments&) {
  const auto stopped = stop_daemon(context);
  if (!stopped) return failure(stopped.error());
  const bool was_running = *stopped == Stopped::now;
  if (context.format == Format::json) {
    const auto text = json::write_pretty(json::Object{{"stopped", was_running}});
    if (auto written = context.out.write(text); !written) return failure(written.error());
  } else {
    context.err.say(was_running ? "llfd has ended\n" : "llfd is not running\n");
  }
  return 0;
}

}  // namespace llf::cli
