#include "scheduler/scheduler.hpp"

#include "base/limits.hpp"
#include "log/log.hpp"
#include "net/task_group.hpp"
#include "net/timer.hpp"
#include "scheduler/eviction.hpp"

#include <fmt/format.h>

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
      make_worker_(std::move(make_worker)) {}

Task<Expected<worker::Lease>> Scheduler::acquire(ModelId model) {
  const auto file = catalog_.find(model);
  if (!file) co_return failure(file.error());
  while (!workers_.contains(model) && workers_.size() >= max_loaded_) {
    if (auto evicted = co_await evict_one(); !evicted) co_return failure(evicted.error());
  }
  auto& slot = workers_[model];
  if (!slot) slot = make_worker_(*file);
  const auto worker = slot;  // it lives as long as we wait for it
  co_return co_await worker->acquire();
}

Task<Expected<void>> Scheduler::evict_one() {
  std::vector<Candidate> loaded;
  std::vector<ModelId> names;
  for (const auto& [name, worker] : workers_) {
    const auto status = worker->status();
    loaded.push_back({.busy = is_busy(status), .last_used = status.last_used});
    names.push_back(name);
  }
  const auto victim = choose_victim(loaded, max_loaded_);
  if (!victim) {
    co_return failure(ErrorKind::unavailable,
                      fmt::format("{} models are in memory and all are busy; try again later, end "
                                  "one with `llf stop MODEL`, or raise LLF_MAX_LOADED",
                                  workers_.size()));
  }
  const auto& name = names[*victim];
  log::info("scheduler", "{} goes to make room", name.str());
  co_await remove(name, workers_.at(name));
  co_return Expected<void>{};
}

Task<void> Scheduler::remove(ModelId model, std::shared_ptr<worker::Worker> worker) {
  co_await worker->stop();
  const auto at = workers_.find(model);
  const bool wanted_again = is_busy(worker->status());
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
    auto waited = co_await net::sleep_for(limits::kUnloadPoll);
    if (!waited) co_return failure(waited.error());
  }
  co_await remove(std::move(model), worker);
  co_return Expected<void>{};
}

Task<void> Scheduler::stop_all() {
  // Each is told at once; the slowest decides how long it takes.
  auto workers = std::exchange(workers_, {});
  net::TaskGroup ending(loop_, "ending workers");
  for (auto& [name, worker] : workers) ending.spawn(worker->close());
  co_await ending.join();
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
