#include "gateway/waiting.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace llf::gateway {

std::string waiting_text(const std::optional<worker::WorkerStatus>& worker,
                         std::size_t queue_position) {
  if (queue_position > 0) return fmt::format("queued {}", queue_position);
  if (worker && worker->progress) {
    constexpr double kPercent = 100;
    return fmt::format("loading {:.0f} %", *worker->progress * kPercent);
  }
  return "ping";
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
