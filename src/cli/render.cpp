#include "cli/render.hpp"

#include "base/byte_size.hpp"
#include "text/safe_text.hpp"
#include "text/table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace llf::cli {
namespace {

using text::Align;

std::string size_text(std::int64_t bytes) {
  if (bytes <= 0) return {};
  return to_string(ByteSize(static_cast<std::uint64_t>(bytes)));
}

std::string state_text(const client::WorkerInfo& worker) {
  if (worker.state != "starting" || !worker.progress) return worker.state;
  return fmt::format("{} {:.0f} %", worker.state, std::clamp(*worker.progress, 0.0, 1.0) * 100);
}

/// Empty for what is not there, which the daemon tells by 0.
std::string number_text(std::int64_t number) {
  return number > 0 ? std::to_string(number) : "";
}

std::string log_text(const client::DaemonStatus& status) {
  const auto lost = status.log_lines_dropped;
  if (lost <= 0) return status.log_file;
  return fmt::format("{} ({} {} could not be written)", status.log_file, lost,
                     lost == 1 ? "line" : "lines");
}

/// "2/4", and "4/4 +3" when three more wait for a slot.
std::string busy_text(const client::WorkerInfo& worker) {
  if (worker.slots <= 0) return "";
  auto text = fmt::format("{}/{}", worker.active, worker.slots);
  if (worker.queued > 0) text += fmt::format(" +{}", worker.queued);
  return text;
}

/// What people have to know of the settings; empty when all is well.
std::string settings_text(const client::DaemonStatus& status) {
  std::string text;
  if (status.settings_error) {
    text += fmt::format("settings the last good ones hold: {}\n",
                        text::safe_line(*status.settings_error));
  }
  if (!status.settings_restart.empty()) {
    text +=
        fmt::format("settings {} will change with 'llf server restart'\n",
                    text::safe_line(fmt::format("{}", fmt::join(status.settings_restart, ", "))));
  }
  return text;
}

}  // namespace

std::string render_workers(std::span<const client::WorkerInfo> workers) {
  const bool gpu =
      std::ranges::any_of(workers, [](const auto& worker) { return worker.gpu_bytes > 0; });
  std::vector<text::Column> columns{{.title = "NAME"},
                                    {.title = "STATE"},
                                    {.title = "PID", .align = Align::right},
                                    {.title = "MEMORY", .align = Align::right},
                                    {.title = "CONTEXT", .align = Align::right},
                                    {.title = "BUSY", .align = Align::right},
                                    {.title = "IDLE", .align = Align::right}};
  constexpr std::ptrdiff_t kBehindMemory = 4;
  if (gpu) columns.insert(columns.begin() + kBehindMemory, {.title = "GPU", .align = Align::right});
  text::Table table(std::move(columns));
  for (const auto& worker : workers) {
    std::vector<std::string> cells{worker.model,
                                   state_text(worker),
                                   number_text(worker.pid.value_or(0)),
                                   size_text(worker.rss_bytes),
                                   number_text(worker.context),
                                   busy_text(worker),
                                   worker.active > 0 ? "" : render_duration(worker.idle_s)};
    if (gpu) cells.insert(cells.begin() + kBehindMemory, size_text(worker.gpu_bytes));
    table.add(std::move(cells));
  }
  auto out = table.str();
  for (const auto& worker : workers) {
    if (worker.error) {
      out += fmt::format("{}: {}\n", text::safe_line(worker.model), text::safe_text(*worker.error));
    }
  }
  return out;
}

std::string render_notes(std::span<const client::SchedulerNote> notes) {
  std::string out;
  for (const auto& note : notes) {
    out +=
        fmt::format("{} ago  {} {}: {}\n", render_duration(note.ago_s), text::safe_line(note.model),
                    text::safe_line(note.what), text::safe_line(note.why));
  }
  return out;
}

std::string render_models(std::span<const client::ModelInfo> models) {
  text::Table table({{.title = "NAME"},
                     {.title = "SIZE", .align = Align::right},
                     {.title = "SOURCE"},
                     {.title = "LOADED"}});
  for (const auto& model : models) {
    table.add({model.id, size_text(model.size_bytes), model.source, model.loaded ? "yes" : ""});
  }
  return table.str();
}

std::string render_address(const client::DaemonStatus& status) {
  if (status.listen.error) return text::safe_line(*status.listen.error);
  const auto& address = status.listen.address;
  const bool ipv6 = address.contains(':');
  return text::safe_line(fmt::format("{}://{}{}{}:{}", status.listen.tls ? "https" : "http",
                                     ipv6 ? "[" : "", address, ipv6 ? "]" : "",
                                     status.listen.port));
}

std::string render_status(const client::DaemonStatus& status) {
  std::string engine = "none: llama-server is not installed";
  if (status.engine) {
    const auto& version = status.engine->version;  // empty until it was asked for it
    engine = fmt::format("{} ({}{}{})", status.engine->path, version, version.empty() ? "" : ", ",
                         status.engine->origin);
  }
  return fmt::format(
      "llfd {} is running (pid {}, for {}{})\n"
      "address  {}\n"
      "socket   {}\n"
      "home     {}\n"
      "log      {}\n"
      "engine   {}\n"
      "busy     {} loaded, {} being answered\n{}",
      text::safe_line(status.version), status.pid, render_duration(status.uptime_s),
      status.on_demand ? ", until it is idle" : "", render_address(status),
      text::safe_line(status.socket), text::safe_line(status.home),
      text::safe_line(log_text(status)), text::safe_line(engine), status.workers,
      status.requests_active, settings_text(status));
}

std::string render_duration(std::int64_t seconds) {
  seconds = std::max<std::int64_t>(seconds, 0);
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} min", seconds / 60);
  if (seconds < 86'400) return fmt::format("{} h", seconds / 3600);
  return fmt::format("{} d", seconds / 86'400);
}

}  // namespace llf::cli
