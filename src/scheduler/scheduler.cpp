#include "scheduler/scheduler.hpp"

#include "base/limits.hpp"
#include "log/log.hpp"
#include "net/timer.hpp"
#include "os/process_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

namespace llf::scheduler {
namespace {

using worker::WorkerState;

bool has_process(const worker::WorkerStatus& status) {
  return status.pid != 0 || status.state == WorkerState::starting ||
         status.state == WorkerState::backoff;
}

}  // namespace

Place::~Place() {
  if (scheduler_ != nullptr) scheduler_->release(request_);
}

Scheduler::Scheduler(net::Loop& loop, const Names& names, const config::Settings& settings,
                     MakeWorker make_worker)
    : loop_(loop),
      names_(names),
      settings_(settings),
      make_worker_(std::move(make_worker)),
      fsm_({}),
      tasks_(loop, "scheduler"),
      watches_(loop, "scheduler watches") {}

Task<Expected<Served>> Scheduler::acquire(Wish wish) {
  auto served = co_await obtain(std::move(wish.name), wish.mode);
  if (!served) co_return served;
  const auto at = workers_.find(served->target.worker);
  if (at == workers_.end()) co_return served;
  const bool is_new = wish.keep_alive || !at->second.asked_by.contains(served->target.name);
  if (wish.keep_alive) at->second.keep_alive = wish.keep_alive;
  if (is_new) note_asked(at->first, {served->target.name});
  co_return served;
}

Task<Expected<Served>> Scheduler::obtain(ModelId name, worker::Mode mode) {
  for (;;) {
    auto target = names_.resolve(name, mode);
    if (!target) co_return failure(target.error());
    if (target->elsewhere) {
      co_return failure(
          ErrorKind::conflict,
          fmt::format("{} is not loaded here: an endpoint serves it now", target->name.str()));
    }
    const auto footprint = co_await footprint_of(*target);
    if (!footprint) co_return failure(footprint.error());
    const auto asked = target->worker;
    const auto came = mono_now();
    auto place = co_await queue(
        {.worker = asked,
         .memory = footprint->memory,
         .reload = footprint->reload,
         .most_requests = footprint->slots + static_cast<std::size_t>(settings_.models.queue)});
    if (!place) co_return failure(place.error());
    const auto placed = mono_now();
    // Anew after each wait: the settings may have changed.
    target = names_.resolve(name, mode);
    if (!target) co_return failure(target.error());
    if (target->worker != asked || !fsm_.is_granted(place->request())) continue;
    const auto worker = worker_for(*target, *footprint);
    if (!worker) continue;
    const bool was_ready = worker->status().state == WorkerState::ready;
    auto lease = co_await worker->acquire();
    if (!was_ready || !lease) look();
    if (!was_ready && lease && machine_.observe) watches_.spawn(learn());
    if (!lease) co_return failure(lease.error());
    co_return Served{.target = *std::move(target),
                     .place = *std::move(place),
                     .lease = *std::move(lease),
                     .queued = placed - came,
                     .loaded = was_ready ? std::nullopt : std::optional(mono_now() - placed)};
  }
}

std::shared_ptr<worker::Worker> Scheduler::worker_for(const Target& target,
                                                      const Footprint& footprint) {
  auto& slot = workers_[target.worker];
  if (!slot.worker) {
    slot.worker = make_worker_(target);
    slot.worker->on_restart([this, name = target.worker](const std::string& why) {
      fsm_.restarted(name, why, mono_now());
    });
    slot.model = target.model;
    slot.load = target.load;
    slot.footprint = footprint;
    if (!std::exchange(time_watched_, true)) watches_.spawn(watch_time());
  } else if (slot.load != target.load) {
    retire(target.worker, Then::nothing);
    return nullptr;
  }
  return slot.worker;
}

Task<Expected<Footprint>> Scheduler::footprint_of(Target target) {
  const auto known = workers_.find(target.worker);
  if (known != workers_.end() && known->second.load == target.load) {
    co_return known->second.footprint;
  }
  if (!machine_.footprint) co_return Footprint{};
  co_return co_await machine_.footprint(std::move(target));
}

Task<Expected<Place>> Scheduler::queue(Wanted wanted) {
  Place place(*this, ++last_request_);
  if (!fsm_.is_open(wanted.worker)) look();  // only who needs room has to know what there is
  Waiter waiter;
  waiters_.emplace(place.request(), &waiter);
  apply(fsm_.request(place.request(), wanted, mono_now()));
  const auto waited = co_await waiter.answered.wait();
  waiters_.erase(place.request());
  if (!waited) co_return failure(waited.error());
  if (waiter.error) co_return failure(*std::move(waiter.error));
  co_return std::move(place);
}

void Scheduler::release(RequestId request) {
  apply(fsm_.release(request, mono_now()));
}

void Scheduler::apply(const Orders& orders) {
  for (const auto& one : orders) {
    std::visit([this](const auto& order) { carry_out(order); }, one);
  }
  const auto next = fsm_.next_tick(mono_now());
  if (!next || (tick_ && *tick_ <= *next)) return;
  changed_.set();
  changed_.reset();
}

void Scheduler::carry_out(const order::Grant& grant) {
  const auto at = waiters_.find(grant.request);
  if (at != waiters_.end()) at->second->answered.set();
}

void Scheduler::carry_out(const order::Refuse& refusal) {
  const auto at = waiters_.find(refusal.request);
  if (at == waiters_.end()) return;
  at->second->error = refusal.why;
  at->second->answered.set();
}

void Scheduler::carry_out(const order::End& end) {
  const auto& decisions = fsm_.decisions();
  if (!decisions.empty() && decisions.back().worker == end.worker) {
    log::info("scheduler", "{} ends: {}", end.worker.str(), decisions.back().why);
  }
  // A task of its own: it goes on when the request that needs the room is given up.
  tasks_.spawn(end_worker(end.worker));
}

Task<void> Scheduler::end_worker(ModelId name) {
  const auto worker = find(name);
  if (worker) {
    co_await worker->stop();
    co_await worker->close();
  }
  std::optional<Loaded> gone;
  if (const auto at = workers_.find(name); at != workers_.end()) {
    gone = std::move(at->second);
    workers_.erase(at);
  }
  apply(fsm_.ended(name, mono_now()));
  if (gone && gone->then == Then::load) watches_.spawn(load_anew(*std::move(gone)));
}

Task<void> Scheduler::load_anew(Loaded gone) {
  const auto served = co_await obtain(gone.model, gone.load.mode);
  if (served) {
    note_asked(served->target.worker, std::move(gone.asked_by));
  } else {
    log::warn("scheduler", "loading anew: {}", served.error().message);
  }
}

Task<void> Scheduler::learn() {
  co_await machine_.observe();
  look();
}

void Scheduler::note_asked(const ModelId& worker, std::set<ModelId> names) {
  const auto at = workers_.find(worker);
  if (at == workers_.end()) return;
  at->second.asked_by.merge(names);
  apply(fsm_.update(worker, facts_of(at->second), mono_now()));
}

std::optional<Duration> Scheduler::keep_alive_of(const Loaded& one,
                                                 const Retention& retention) const {
  if (one.keep_alive) {
    return one.keep_alive->count() < 0 ? std::nullopt : std::optional<Duration>(*one.keep_alive);
  }
  return retention.keep_alive.count() == 0 ? std::nullopt
                                           : std::optional<Duration>(retention.keep_alive);
}

WorkerFacts Scheduler::facts_of(const Loaded& one) const {
  const auto status = one.worker->status();
  const auto retention = names_.retention(one.model, one.asked_by);
  return {.has_process = has_process(status),
          .memory = status.rss + status.gpu,
          .pinned = retention.pinned,
          .keep_alive = keep_alive_of(one, retention)};
}

SchedulerPolicy Scheduler::policy() const {
  SchedulerPolicy policy{.most_loaded = static_cast<std::size_t>(settings_.models.max_loaded)};
  if (!machine_.memory) return policy;
  ByteSize ours;
  for (const auto& [name, one] : workers_) {
    ours = ours + os::anonymous_memory(one.worker->status().pid);
  }
  policy.memory = machine_.memory(ours);
  return policy;
}

void Scheduler::look() {
  const auto now = mono_now();
  // First all, since what is done of it may end some.
  std::vector<std::pair<ModelId, WorkerFacts>> seen;
  seen.reserve(workers_.size());
  for (const auto& [name, one] : workers_) seen.emplace_back(name, facts_of(one));
  const auto allowed = policy();
  for (const auto& [name, facts] : seen) apply(fsm_.update(name, facts, now));
  apply(fsm_.set_policy(allowed, now));
}

Task<Expected<void>> Scheduler::unload(ModelId model) {
  std::vector<ModelId> names;
  for (auto& [name, one] : workers_) {
    if (one.model == model || name == model) names.push_back(name);
  }
  if (names.empty()) {
    co_return failure(ErrorKind::not_found, fmt::format("{} is not loaded", model.str()));
  }
  co_return co_await end_workers(std::move(names));
}

Task<Expected<void>> Scheduler::unload_files(std::vector<std::string> files) {
  const auto canonical = [](const std::string& file) {
    std::error_code code;
    return std::filesystem::weakly_canonical(file, code);
  };
  std::set<std::filesystem::path> wanted;
  for (const auto& file : files) wanted.insert(canonical(file));
  std::vector<ModelId> names;
  for (const auto& [name, one] : workers_) {
    const auto has = [&](const std::string& file) { return wanted.contains(canonical(file)); };
    if (std::ranges::any_of(one.load.files(), has)) names.push_back(name);
  }
  co_return co_await end_workers(std::move(names));
}

Task<Expected<void>> Scheduler::end_workers(std::vector<ModelId> names) {
  const auto deadline = mono_now() + limits::kDrainTimeout;
  for (const auto& name : names) {
    const auto worker = find(name);
    if (!worker) continue;
    // Not even where new settings would have it load anew.
    workers_.at(name).then = Then::nothing;
    apply(fsm_.close(name, "was told to end", mono_now()));
    while (find(name) == worker) {
      if (mono_now() >= deadline) apply(fsm_.end_now(name, mono_now()));
      auto waited = co_await net::sleep_for(limits::kBusyPoll);
      if (!waited) co_return failure(waited.error());
    }
  }
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
  auto touched = retired_by(names);
  // Who has failed is not there to be missed.
  const auto failed = [this](const ModelId& name) { return !has_process(find(name)->status()); };
  std::erase_if(touched.loading, failed);
  std::erase_if(touched.ending, failed);
  return touched;
}

Touched Scheduler::retired_by(const Names& names) const {
  Touched touched;
  for (const auto& [name, one] : workers_) {
    if (!fsm_.is_open(name)) continue;
    const auto target = names.resolve(one.model, one.load.mode);
    const bool lives_on = target && !target->elsewhere && target->worker == name;
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
  const auto retired = retired_by(names_);
  for (const auto& name : retired.loading) retire(name, Then::load);
  for (const auto& name : retired.ending) retire(name, Then::nothing);
  look();
  return touched;
}

void Scheduler::retire(const ModelId& name, Then then) {
  workers_.at(name).then = then;
  apply(fsm_.close(name, "its settings have changed", mono_now()));
}

Task<void> Scheduler::watch_time() {
  for (;;) {
    const auto now = mono_now();
    tick_ = fsm_.next_tick(now);
    Expected<void> waited;
    if (tick_) {
      auto either = co_await net::race(net::sleep_for(*tick_ - now), changed_.wait());
      waited = either.winner == 0 ? either.first : either.second;
    } else {
      waited = co_await changed_.wait();
    }
    tick_.reset();
    if (!waited) co_return;
    if (!workers_.empty()) look();
    apply(fsm_.tick(mono_now()));
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
