#include "scheduler/scheduler.hpp"

#include "base/limits.hpp"
#include "log/log.hpp"
#include "net/timer.hpp"
#include "scheduler/eviction.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

namespace llf::scheduler {
namespace {

using worker::WorkerState;

bool is_busy(const worker::WorkerStatus& status) {
  return status.active > 0 || status.waiting > 0 || status.state == WorkerState::starting ||
         status.state == WorkerState::stopping;
}

}  // namespace

Scheduler::Scheduler(net::Loop& loop, store::Catalog& catalog, std::size_t max_loaded,
                     MakeWorker make_worker)
    : loop_(loop),
      catalog_(catalog),
      max_loaded_(max_loaded),
      make_worker_(std::move(make_worker)),
      tasks_(loop, "scheduler") {}

/// As long as one lives, a worker is on its way out: who needs a place waits for its end.
class Scheduler::Removal {
 public:
  explicit Removal(Scheduler& scheduler) : scheduler_(scheduler) { ++scheduler_.removing_; }
  Removal(const Removal&) = delete;
  Removal& operator=(const Removal&) = delete;
  ~Removal() {
    --scheduler_.removing_;
    scheduler_.room_.set();
    scheduler_.room_.reset();
  }

 private:
  Scheduler& scheduler_;
};

Task<Expected<worker::Lease>> Scheduler::acquire(ModelId model) {
  const auto file = catalog_.find(model);
  if (!file) co_return failure(file.error());
  const auto give_up = mono_now() + limits::kRoomPatience;
  while (!workers_.contains(model) && workers_.size() >= max_loaded_) {
    const auto evicted = removing_ > 0 ? Expected<void>() : evict_one();
    if (!evicted && mono_now() >= give_up) co_return failure(evicted.error());
    const auto waited =
        evicted ? co_await room_.wait() : co_await net::sleep_for(limits::kBusyPoll);
    if (!waited) co_return failure(waited.error());
  }
  auto& slot = workers_[model];
  if (!slot) slot = make_worker_(*file);
  const auto worker = slot;  // it lives as long as we wait for it
  co_return co_await worker->acquire();
}

Expected<void> Scheduler::evict_one() {
  std::vector<Candidate> loaded;
  std::vector<ModelId> names;
  for (const auto& [name, worker] : workers_) {
    const auto status = worker->status();
    loaded.push_back({.busy = is_busy(status), .last_used = status.last_used});
    names.push_back(name);
  }
  const auto victim = choose_victim(loaded, max_loaded_);
  if (!victim) {
    return failure(ErrorKind::unavailable,
                   fmt::format("{} models are in memory and all are busy; try again later, end one "
                               "with `llf stop MODEL`, or raise LLF_MAX_LOADED",
                               workers_.size()));
  }
  const auto& name = names[*victim];
  log::info("scheduler", "{} goes to make room", name.str());
  // A task of its own: it goes on when the request that needs the room is given up.
  tasks_.spawn(evict(name, workers_.at(name), std::make_unique<Removal>(*this)));
  return {};
}

Task<void> Scheduler::evict(ModelId model, std::shared_ptr<worker::Worker> worker,
                            std::unique_ptr<Removal> removal) {
  // Between the choice and this turn of the loop somebody may have come for it.
  if (is_busy(worker->status())) co_return;
  co_await remove(std::move(model), std::move(worker), std::move(removal));
}

Task<void> Scheduler::remove(ModelId model, std::shared_ptr<worker::Worker> worker,
                             std::unique_ptr<Removal>) {
  co_await worker->stop();
  const auto at = workers_.find(model);
  // Not by its leases, which may be of the process that has ended.
  const auto status = worker->status();
  const bool wanted_again = status.waiting > 0 || (status.state != WorkerState::stopped &&
                                                   status.state != WorkerState::failed);
  if (at == workers_.end() || at->second != worker || wanted_again) co_return;
  workers_.erase(at);
  co_await worker->close();
}

Task<Expected<void>> Scheduler::unload(ModelId model) {
  const auto worker = find(model);
  if (!worker) {
    co_return failure(ErrorKind::not_found, fmt::format("{} is not loaded", model.str()));
  }
  const auto deadline = mono_now() + limits::kDrainTimeout;
  const auto in_use = [&] {
    const auto status = worker->status();
    return status.active > 0 || status.waiting > 0;  // who waits is served by it, too (F15)
  };
  while (in_use() && mono_now() < deadline) {
    auto waited = co_await net::sleep_for(limits::kBusyPoll);
    if (!waited) co_return failure(waited.error());
  }
  co_await remove(std::move(model), worker, std::make_unique<Removal>(*this));
  co_return Expected<void>{};
}

Task<void> Scheduler::stop_all() {
  // Each is told at once; the slowest decides how long it takes.
  auto workers = std::exchange(workers_, {});
  net::TaskGroup ending(loop_, "ending workers");
  for (auto& [name, worker] : workers) ending.spawn(worker->close());
  co_await ending.join();
  co_await tasks_.join();
}

std::vector<worker::WorkerStatus> Scheduler::status() const {
  std::vector<worker::WorkerStatus> all;
  all.reserve(workers_.size());
  for (const auto& [name, worker] : workers_) all.push_back(worker->status());
  return all;
}

std::shared_ptr<worker::Worker> Scheduler::find(const ModelId& model) const {
  const auto at = workers_.find(model);
  return at == workers_.end() ? nullptr : at->second;
}

}  // namespace llf::scheduler
