#include "cli/progress_display.hpp"

#include "text/safe_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace llf::cli {

void ProgressDisplay::draw(const text::Progress& progress) {
  if (!err_.terminal().rewrites) return;
  drawn_ = true;
  // One column stays free, so that no terminal wraps the line.
  const auto line = text::progress_line(progress, err_.terminal().columns - 1);
  err_.say("\r" + line + "\x1b[K");
}

void ProgressDisplay::clear() {
  if (std::exchange(drawn_, false)) err_.say("\r\x1b[K");
}

text::Progress waiting_for(std::span<const client::WorkerInfo> workers, Duration elapsed) {
  text::Progress progress{
      .label = "thinking",
      .fraction = {},
      .elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(elapsed)};
  const auto waited_for = [](const client::WorkerInfo& worker) {
    return worker.state == "starting" || worker.state == "backoff" || worker.queued > 0;
  };
  const auto worker = std::ranges::find_if(workers, waited_for);
  if (worker == workers.end()) return progress;
  if (worker->queued > 0) {
    progress.label = fmt::format("thinking; {} in the queue", worker->queued);
    return progress;
  }
  const auto name = text::safe_line(worker->model);
  progress.label = worker->state == "starting" ? "loading " + name : "starting " + name + " again";
  progress.fraction = worker->progress;
  return progress;
}

}  // namespace llf::cli
