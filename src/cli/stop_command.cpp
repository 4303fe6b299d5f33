#include "cli/stop_command.hpp"

#include "json/json.hpp"
#include "net/run.hpp"
#include "text/safe_text.hpp"

#include <fmt/format.h>

namespace llf::cli {
namespace {

/// "Loaded: a, b." for whoever did not say which.
std::string loaded_models(Context& context, const client::ApiClient& client) {
  const auto workers = net::run_until_done(context.loop, client.workers());
  std::string names;
  if (workers) {
    for (const auto& worker : *workers) {
      names += (names.empty() ? "" : ", ") + text::safe_line(worker.model);
    }
  }
  return names.empty() ? "None is loaded." : fmt::format("Loaded: {}.", names);
}

}  // namespace

Expected<int> run_stop(Context& context, const Arguments& arguments) {
  const auto client = connect_if_running(context);
  if (!client) return failure(client.error());
  if (arguments.words().empty()) {
    return failure(ErrorKind::invalid,
                   fmt::format("llf stop MODEL takes a model out of memory. {}\n"
                               "'llf server stop' ends the daemon.",
                               *client ? loaded_models(context, **client) : "None is loaded."));
  }
  bool unloaded = false;
  if (*client) {
    const auto done =
        net::run_until_done(context.loop, (*client)->unload(arguments.words().front()));
    if (!done) return failure(done.error());
    unloaded = true;
  }
  if (context.format == Format::json) {
    const auto text = json::write_pretty(json::Object{{"unloaded", unloaded}});
    if (auto written = context.out.write(text); !written) return failure(written.error());
  } else if (!unloaded) {
    context.err.say("llf: llfd is not running, so no model is loaded\n");
  }
  return 0;
}

}  // namespace llf::cli
