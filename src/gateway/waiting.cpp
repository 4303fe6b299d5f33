#include "gateway/waiting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace llf::gateway {

namespace {

auto milliseconds_of(Duration time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

}  // namespace

std::string waiting_text(const std::optional<worker::WorkerStatus>& worker,
                         std::size_t queue_position) {
  if (queue_position > 0) return fmt::format("queued {}", queue_position);
  if (worker && worker->progress) {
    constexpr double kPercent = 100;
    return fmt::format("loading {:.0f} %", *worker->progress * kPercent);
  }
  return "ping";
}

std::string waited_text(Duration queue, Duration load) {
  return fmt::format("wait_ms={}; reason={}", milliseconds_of(queue + load),
                     load > queue ? "load" : "queue");
}

std::optional<std::string> Waiting::so_far() const {
  const auto since = mono_now() - since_;
  if (lease_ != nullptr) {
    const auto position = lease_->queue_position();
    if (position == 0) return std::nullopt;
    return fmt::format("{}; position={}", waited_text(since, {}), position);
  }
  const auto waiting = scheduler_.waiting();
  const auto own = std::ranges::find(waiting, worker_, &scheduler::WaitingRequest::worker);
  if (own != waiting.end()) return waited_text(since, {});
  const auto worker = scheduler_.find(worker_);
  const bool loads = worker && worker->status().state != worker::WorkerState::ready;
  return loads ? std::optional(waited_text({}, since)) : std::nullopt;
}

std::string Waiting::text() const {
  if (lease_ != nullptr) return waiting_text(std::nullopt, lease_->queue_position());
  const auto waiting = scheduler_.waiting();
  const auto own = std::ranges::find(waiting, worker_, &scheduler::WaitingRequest::worker);
  if (own != waiting.end()) return fmt::format("waiting: {}", own->why);
  const auto worker = scheduler_.find(worker_);
  return waiting_text(worker ? std::optional(worker->status()) : std::nullopt, 0);
}

}  // namespace llf::gateway
