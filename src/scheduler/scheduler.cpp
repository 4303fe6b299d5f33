#include "scheduler/scheduler.hpp"

#include "base/limits.hpp"
#include "log/log.hpp"
#include "net/timer.hpp"
#include "scheduler/eviction.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace llf::scheduler {
namespace {

using worker::WorkerState;

/// Somebody is served by it, or waits until it is ready: who waits is served by it, too (F15).
bool in_use(const worker::WorkerStatus& status) {
  return status.active > 0 || status.waiting > 0;
}

bool is_busy(const worker::WorkerStatus& status) {
  return in_use(status) || status.state == WorkerState::starting ||
         status.state == WorkerState::stopping;
}

}  // namespace

Scheduler::Scheduler(net::Loop& loop, const Names& names, const config::Settings& settings,
                     MakeWorker make_worker)
    : loop_(loop),
      names_(names),
      settings_(settings),
      make_worker_(std::move(make_worker)),
      tasks_(loop, "scheduler"),
      watches_(loop, "scheduler watches") {}

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

Task<Expected<Target>> Scheduler::make_room(ModelId name) {
  const auto give_up = mono_now() + limits::kRoomPatience;
  for (;;) {
    // Anew after each wait: the settings may have changed.
    auto target = names_.resolve(name);
    if (!target) co_return target;
    const auto at = workers_.find(target->worker);
    if (at != workers_.end()) {
      if (!at->second.retiring && at->second.load == target->load) co_return target;
      if (!at->second.retiring) retire(target->worker, Then::nothing);
      if (auto waited = co_await room_.wait(); !waited) co_return failure(waited.error());
      continue;
    }
    const auto most = static_cast<std::size_t>(settings_.models.max_loaded);
    if (workers_.size() < most) co_return target;
    const auto evicted = removing_ > 0 ? Expected<void>() : evict_one();
    if (!evicted && mono_now() >= give_up) co_return failure(evicted.error());
    auto waited = evicted ? co_await room_.wait() : co_await net::sleep_for(limits::kBusyPoll);
    if (!waited) co_return failure(waited.error());
  }
}

Task<Expected<Served>> Scheduler::acquire(ModelId name) {
  auto served = co_await obtain(std::move(name));
  if (served) note_asked(served->target.worker, {served->target.name});
  co_return served;
}

Task<Expected<Served>> Scheduler::obtain(ModelId name) {
  auto target = co_await make_room(std::move(name));
  if (!target) co_return failure(target.error());
  auto& slot = workers_[target->worker];
  if (!slot.worker) {
    slot.worker = make_worker_(*target);
    slot.load = target->load;
    if (!std::exchange(keep_alive_watched_, true)) watches_.spawn(watch_keep_alive());
  }
  const auto worker = slot.worker;  // it lives as long as we wait for it
  auto lease = co_await worker->acquire();
  if (!lease) co_return failure(lease.error());
  co_return Served{.target = *std::move(target), .lease = *std::move(lease)};
}

void Scheduler::note_asked(const ModelId& worker, std::set<ModelId> names) {
  const auto at = workers_.find(worker);
  if (at == workers_.end()) return;
  const auto before = at->second.asked_by.size();
  at->second.asked_by.merge(names);
  if (at->second.asked_by.size() == before) return;
  changed_.set();  // another keep-alive may hold
  changed_.reset();
}

Expected<void> Scheduler::evict_one() {
  std::vector<Candidate> loaded;
  std::vector<ModelId> names;
  for (const auto& [name, one] : workers_) {
    const auto status = one.worker->status();
    const bool stays =
        one.retiring || is_busy(status) || names_.retention(name, one.asked_by).pinned;
    loaded.push_back({.busy = stays, .last_used = status.last_used});
    names.push_back(name);
  }
  const auto victim = choose_victim(loaded, static_cast<std::size_t>(settings_.models.max_loaded));
  if (!victim) {
    return failure(
        ErrorKind::unavailable,
        fmt::format("{} models are in memory and all are busy or pinned; try again later, "
                    "end one with `llf stop MODEL`, or raise models.max_loaded",
                    workers_.size()));
  }
  const auto& name = names[*victim];
  log::info("scheduler", "{} goes to make room", name.str());
  // A task of its own: it goes on when the request that needs the room is given up.
  tasks_.spawn(evict(name, workers_.at(name).worker, std::make_unique<Removal>(*this)));
  return {};
}

Task<void> Scheduler::evict(ModelId name, std::shared_ptr<worker::Worker> worker,
                            std::unique_ptr<Removal> removal) {
  // Between the choice and this turn of the loop somebody may have come for it.
  if (is_busy(worker->status())) co_return;
  static_cast<void>(co_await remove(std::move(name), std::move(worker), std::move(removal)));
}

Task<std::optional<Scheduler::Loaded>> Scheduler::remove(ModelId name,
                                                         std::shared_ptr<worker::Worker> worker,
                                                         std::unique_ptr<Removal>) {
  co_await worker->stop();
  const auto at = workers_.find(name);
  // Not by its leases, which may be of the process that has ended.
  const auto status = worker->status();
  const bool wanted_again = status.waiting > 0 || (status.state != WorkerState::stopped &&
                                                   status.state != WorkerState::failed);
  if (at == workers_.end() || at->second.worker != worker || wanted_again) co_return std::nullopt;
  std::optional<Loaded> gone(std::move(at->second));
  workers_.erase(at);
  co_await worker->close();
  co_return gone;
}

Task<Expected<void>> Scheduler::unload(ModelId name) {
  const auto worker = find(name);
  if (!worker) {
    co_return failure(ErrorKind::not_found, fmt::format("{} is not loaded", name.str()));
  }
  // Not even where new settings would have it load anew.
  workers_.at(name).then = Then::nothing;
  const auto deadline = mono_now() + limits::kDrainTimeout;
  while (in_use(worker->status()) && mono_now() < deadline) {
    auto waited = co_await net::sleep_for(limits::kBusyPoll);
    if (!waited) co_return failure(waited.error());
  }
  static_cast<void>(co_await remove(std::move(name), worker, std::make_unique<Removal>(*this)));
  co_return Expected<void>{};
}

Task<void> Scheduler::stop_all() {
  watches_.cancel();
  co_await watches_.join();
  // Each is told at once; the slowest decides how long it takes.
  auto workers = std::exchange(workers_, {});
  net::TaskGroup ending(loop_, "ending workers");
  for (auto& [name, one] : workers) ending.spawn(one.worker->close());
  co_await ending.join();
  co_await tasks_.join();
}

Touched Scheduler::touched_by(const Names& names) const {
  Touched touched;
  for (const auto& [name, one] : workers_) {
    if (one.retiring) continue;
    const auto target = names.resolve(name);
    const bool lives_on = target && target->worker == name;
    if (lives_on && target->load == one.load) continue;
    (lives_on ? touched.loading : touched.ending).push_back(name);
  }
  return touched;
}

Touched Scheduler::refresh() {
  const auto& engine = settings_.engine;
  for (const auto& [name, one] : workers_) {
    one.worker->set_limits(engine.load_timeout, engine.stall_timeout);
  }
  auto touched = touched_by(names_);
  for (const auto& name : touched.loading) retire(name, Then::load);
  for (const auto& name : touched.ending) retire(name, Then::nothing);
  if (!std::exchange(shrinking_, true)) watches_.spawn(shrink());
  changed_.set();
  changed_.reset();
  return touched;
}

void Scheduler::retire(const ModelId& name, Then then) {
  auto& one = workers_.at(name);
  log::info("scheduler", "{} ends: its settings have changed", name.str());
  one.retiring = true;
  one.then = then;
  watches_.spawn(replace(name, one.worker));
}

Task<void> Scheduler::replace(ModelId name, std::shared_ptr<worker::Worker> worker) {
  std::optional<Loaded> gone;
  // Who was on the way to it when it was retired is served, too: it may have to go twice.
  while (find(name) == worker) {
    if (!in_use(worker->status())) {
      gone = co_await remove(name, worker, std::make_unique<Removal>(*this));
    }
    if (find(name) == worker && !co_await net::sleep_for(limits::kBusyPoll)) co_return;
  }
  if (!gone || gone->then == Then::nothing) co_return;
  const auto served = co_await obtain(std::move(name));
  if (served) {
    note_asked(served->target.worker, std::move(gone->asked_by));
  } else {
    log::warn("scheduler", "loading anew: {}", served.error().message);
  }
}

Task<void> Scheduler::shrink() {
  const auto may_go = [this](const auto& named) {
    return !names_.retention(named.first, named.second.asked_by).pinned;
  };
  while (workers_.size() > static_cast<std::size_t>(settings_.models.max_loaded) &&
         std::ranges::any_of(workers_, may_go)) {
    const auto evicted = removing_ > 0 ? Expected<void>() : evict_one();
    auto waited = evicted ? co_await room_.wait() : co_await net::sleep_for(limits::kShrinkPoll);
    if (!waited) co_return;
  }
  shrinking_ = false;
}

std::optional<MonoTime> Scheduler::expire(MonoTime now) {
  std::optional<MonoTime> next;
  for (const auto& [name, one] : workers_) {
    const auto keep_alive = names_.retention(name, one.asked_by).keep_alive;
    if (one.retiring || keep_alive.count() == 0) continue;
    const auto status = one.worker->status();
    // It has not begun for one that is used; one that failed stays, with what is known of that.
    const bool unused = status.state == WorkerState::ready && !in_use(status);
    const bool expired = unused && status.last_used + keep_alive <= now;
    if (expired) {
      log::info("scheduler", "{} goes: unused for {} s", name.str(), keep_alive.count());
      tasks_.spawn(evict(name, one.worker, std::make_unique<Removal>(*this)));
    }
    // Also of one that goes: somebody may come for it first.
    const auto look = (unused && !expired ? status.last_used : now) + keep_alive;
    next = std::min(next.value_or(look), look);
  }
  return next;
}

Task<void> Scheduler::watch_keep_alive() {
  for (;;) {
    const auto now = mono_now();
    const auto next = expire(now);
    if (!next) {
      if (!co_await changed_.wait()) co_return;
      continue;
    }
    const auto either = co_await net::race(net::sleep_for(*next - now), changed_.wait());
    const auto& ended = either.winner == 0 ? either.first : either.second;
    if (!ended) co_return;
  }
}

std::vector<worker::WorkerStatus> Scheduler::status() const {
  std::vector<worker::WorkerStatus> all;
  all.reserve(workers_.size());
  for (const auto& [name, one] : workers_) all.push_back(one.worker->status());
  return all;
}

std::shared_ptr<worker::Worker> Scheduler::find(const ModelId& name) const {
  const auto at = workers_.find(name);
  return at == workers_.end() ? nullptr : at->second.worker;
}

}  // namespace llf::scheduler
