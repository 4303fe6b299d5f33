#include "base/limits.hpp"
#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"
#include "net/http_client.hpp"
#include "net/timer.hpp"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace llf::gateway {
namespace {

Task<Expected<std::string>> scrape(net::Endpoint engine) {
  auto response = co_await net::request(
      std::move(engine), {.method = "GET", .target = "/metrics", .headers = {}, .body = {}});
  if (!response) co_return failure(response.error());
  co_return co_await response->read_all(limits::kEngineAnswer);
}

/// What we know of workers, as an engine would say it.
EngineMetrics facts_of(const worker::WorkerStatus& status) {
  return {.model = status.model,
          .text = fmt::format("# HELP llf_worker_memory_bytes memory of the engine\n"
                              "# TYPE llf_worker_memory_bytes gauge\n"
                              "llf_worker_memory_bytes {}\n"
                              "# HELP llf_worker_gpu_memory_bytes memory of GPUs that it has\n"
                              "# TYPE llf_worker_gpu_memory_bytes gauge\n"
                              "llf_worker_gpu_memory_bytes {}\n"
                              "# HELP llf_worker_active requests that it answers\n"
                              "# TYPE llf_worker_active gauge\n"
                              "llf_worker_active {}\n"
                              "# HELP llf_worker_queued requests that wait for a slot\n"
                              "# TYPE llf_worker_queued gauge\n"
                              "llf_worker_queued {}\n"
                              "# HELP llf_worker_restarts_total starts after a failure\n"
                              "# TYPE llf_worker_restarts_total counter\n"
                              "llf_worker_restarts_total {}\n",
                              status.rss.bytes(), status.gpu.bytes(), status.active, status.queued,
                              status.restarts)};
}

}  // namespace

Task<void> Gateway::metrics(net::Request& /*request*/, net::Responder& responder) {
  std::vector<EngineMetrics> engines;
  for (const auto& status : options_.scheduler.status()) {
    engines.push_back(facts_of(status));
    const auto worker = options_.scheduler.find(ModelId(status.model));
    auto endpoint = worker ? worker->endpoint() : std::nullopt;
    if (!endpoint) continue;
    auto text = co_await net::with_deadline(scrape(*std::move(endpoint)), limits::kHealthTimeout,
                                            "the engine's metrics");
    if (text) engines.push_back({.model = status.model, .text = *std::move(text)});
  }
  co_await send(responder, {.status = 200,
                            .headers = {{"Content-Type", "text/plain; version=0.0.4"}},
                            .body = metrics_.text() + merge_metrics(engines)});
}

}  // namespace llf::gateway
