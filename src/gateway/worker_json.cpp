#include "gateway/worker_json.hpp"

#include <chrono>

namespace llf::gateway {
namespace {

json::Value progress_json(const worker::WorkerStatus& status) {
  return status.progress ? json::Value(*status.progress) : json::Value(nullptr);
}

std::int64_t seconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::seconds>(duration).count();
}

}  // namespace

json::Object worker_json(const worker::WorkerStatus& status) {
  return {{"model", status.model},
          {"state", worker::to_string(status.state)},
          {"pid", status.pid},
          {"rss_bytes", status.rss.bytes()},
          {"gpu_bytes", status.gpu.bytes()},
          {"size_bytes", status.size.bytes()},
          {"context", status.context},
          {"slots", status.slots},
          {"active", status.active},
          {"queued", status.queued},
          {"waiting", status.waiting},
          {"progress", progress_json(status)},
          {"uptime_s", seconds(status.uptime)},
          {"idle_s", seconds(status.idle)},
          {"restarts", status.restarts},
          {"error", status.error.empty() ? json::Value(nullptr) : json::Value(status.error)}};
}

json::Object load_progress_json(const worker::WorkerStatus& status) {
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(status.uptime);
  return {{"state", worker::to_string(status.state)},
          {"progress", progress_json(status)},
          {"elapsed_ms", elapsed.count()}};
}

}  // namespace llf::gateway
