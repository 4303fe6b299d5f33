#include "cli/settings_change.hpp"

#include "config/declarations.hpp"
#include "config/reader.hpp"
#include "net/run.hpp"
#include "os/paths.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace llf::cli {

SettingsChange::SettingsChange(Context& context) : context_(context) {
  if (!client::daemon_listens(context.paths)) return;
  const auto status = net::run_until_done(context.loop, client_of(context).status());
  if (status) before_ = status->settings_generation;
}

Expected<int> SettingsChange::take_effect() const {
  if (!before_) return 0;
  auto answer = net::run_until_done(
      context_.loop, client_of(context_).post("/llf/v1/settings/reload", {{"since", *before_}}));
  auto report = answer ? client::read_settings_report(*answer) : failure(answer.error());
  if (!report) {
    context_.err.say(
        fmt::format("llf: the daemon did not take it over: {}\n", report.error().message));
    return 0;
  }
  if (report->error) context_.err.say(fmt::format("llf: {}\n", *report->error));
  if (!report->workers.empty()) {
    context_.err.say(fmt::format("llf: {} will load anew\n", fmt::join(report->workers, ", ")));
  }
  if (!report->ending.empty()) {
    context_.err.say(fmt::format("llf: {} will end\n", fmt::join(report->ending, ", ")));
  }
  if (!report->restart.empty()) {
    context_.err.say(fmt::format("llf: {} will change with 'llf server restart'\n",
                                 fmt::join(report->restart, ", ")));
  }
  return 0;
}

Expected<client::SettingsReport> ask_daemon_about(Context& context, std::string_view text) {
  const auto answer = net::run_until_done(
      context.loop, client_of(context).post("/llf/v1/settings/compare", {{"text", text}}));
  if (answer) return client::read_settings_report(*answer);
  auto error = answer.error();
  // What a client takes for its own mistake is here one of the text.
  if (error.kind == ErrorKind::upstream) error.kind = ErrorKind::invalid;
  return failure(std::move(error));
}

config::SettingsFile settings_file(Context& context) {
  const auto path = context.paths.settings_file();
  const auto check = [&context, path](std::string_view text) -> Expected<void> {
    if (client::daemon_listens(context.paths)) {
      const auto report = ask_daemon_about(context, text);
      if (report) return {};
      // One that cannot say keeps nobody from changing a file.
      if (report.error().kind == ErrorKind::invalid) return failure(report.error());
    }
    const auto read = config::read_settings(text, {}, config::look_up_files());
    if (!read) return failure(read.error().with_context(path.native()));
    return {};
  };
  return {.path = path, .check = check};
}

void warn_of_variable(Context& context, const config::Place& place) {
  const auto* const facts = place.facts;
  if (facts == nullptr || facts->variable == nullptr || !os::env(facts->variable)) return;
  if (place.path.front() == config::kProfiles) return;
  context.err.say(fmt::format("llf: {} is set and wins over the file\n", facts->variable));
}

}  // namespace llf::cli
