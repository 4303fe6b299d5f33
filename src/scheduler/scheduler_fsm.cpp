#include "scheduler/scheduler_fsm.hpp"

#include "scheduler/eviction.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ranges>
#include <utility>

namespace llf::scheduler {
namespace {

ByteSize rest(ByteSize a, ByteSize b) {
  return ByteSize(a.bytes() - std::min(a.bytes(), b.bytes()));
}

std::int64_t seconds(Duration time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time).count();
}

std::string sized(const ModelId& worker, ByteSize memory) {
  return fmt::format("{} ({})", worker.str(), to_string(memory));
}

std::string listed(const std::vector<ModelId>& workers) {
  return fmt::format("{}", fmt::join(workers | std::views::transform(&ModelId::str), ", "));
}

}  // namespace

std::string_view to_string(Decision::What what) {
  switch (what) {
    case Decision::What::loads:
      return "loads";
    case Decision::What::ends:
      return "ends";
    case Decision::What::waits:
      return "waits";
    case Decision::What::refused:
      return "refused";
  }
  return "";
}

Orders SchedulerFsm::set_policy(const SchedulerPolicy& policy, MonoTime now) {
  policy_ = policy;
  return pump(now);
}

Orders SchedulerFsm::request(RequestId id, const Wanted& wanted, MonoTime now) {
  const auto same = std::ranges::count_if(
      waiting_, [&](const Waiting& other) { return other.wanted.worker == wanted.worker; });
  const auto before = users(wanted.worker) + static_cast<std::size_t>(same);
  if (before >= wanted.most_requests) {
    const Error full{.kind = ErrorKind::unavailable,
                     .message = fmt::format("{} requests for {} are served or wait already, and no "
                                            "more may: try again later, or raise models.queue",
                                            before, wanted.worker.str())};
    note(Decision::What::refused, wanted.worker, full.message, now);
    return {order::Refuse{.request = id, .why = full}};
  }
  waiting_.push_back({.id = id, .wanted = wanted, .since = now, .why = {}});
  return pump(now);
}

Orders SchedulerFsm::release(RequestId id, MonoTime now) {
  std::erase_if(waiting_, [&](const Waiting& one) { return one.id == id; });
  if (const auto granted = granted_.find(id); granted != granted_.end()) {
    const auto at = workers_.find(granted->second);
    granted_.erase(granted);
    if (at != workers_.end() && at->second.users > 0) {
      --at->second.users;
      at->second.last_used = now;
    }
  }
  return pump(now);
}

Orders SchedulerFsm::update(const ModelId& worker, const WorkerFacts& facts, MonoTime now) {
  const auto at = workers_.find(worker);
  if (at == workers_.end()) return {};
  at->second.facts = facts;
  return pump(now);
}

Orders SchedulerFsm::close(const ModelId& worker, std::string why, MonoTime now) {
  const auto at = workers_.find(worker);
  if (at == workers_.end() || at->second.phase != Worker::Phase::open) return {};
  at->second.phase = Worker::Phase::closing;
  note(Decision::What::ends, worker, std::move(why), now);
  return pump(now);
}

Orders SchedulerFsm::end_now(const ModelId& worker, MonoTime now) {
  const auto at = workers_.find(worker);
  if (at == workers_.end() || at->second.phase == Worker::Phase::ending) return {};
  at->second.phase = Worker::Phase::ending;
  Orders orders{order::End{worker}};
  std::ranges::move(pump(now), std::back_inserter(orders));
  return orders;
}

Orders SchedulerFsm::ended(const ModelId& worker, MonoTime now) {
  const auto at = workers_.find(worker);
  if (at == workers_.end() || at->second.phase != Worker::Phase::ending) return {};
  // Who still held it finds its connection broken.
  std::erase_if(granted_, [&](const auto& granted) { return granted.second == worker; });
  workers_.erase(at);
  return pump(now);
}

void SchedulerFsm::restarted(const ModelId& worker, std::string_view why, MonoTime now) {
  note(Decision::What::loads, worker,
       fmt::format("its engine is started again: {}", why.substr(0, why.find('\n'))), now);
}

Orders SchedulerFsm::tick(MonoTime now) {
  return pump(now);
}

Orders SchedulerFsm::pump(MonoTime now) {
  Orders orders;
  for (auto& [name, worker] : workers_) {
    if (worker.phase != Worker::Phase::closing || worker.users > 0) continue;
    worker.phase = Worker::Phase::ending;
    orders.emplace_back(order::End{name});
  }
  expire(orders, now);
  shrink(orders, now);
  const Waiting* first = nullptr;  // of those that need room
  for (std::size_t i = 0; i < waiting_.size();) {
    auto& one = waiting_[i];
    const auto at = workers_.find(one.wanted.worker);
    auto room = Room::waits;
    if (at != workers_.end() && at->second.phase == Worker::Phase::open &&
        at->second.memory() > ByteSize()) {
      grant(orders, one.id, one.wanted, now);
      room = Room::granted;
    } else if (at != workers_.end() && at->second.phase != Worker::Phase::open) {
      wait(one, "its former process ends first", now);
    } else if (first != nullptr) {
      const bool same = first->wanted.worker == one.wanted.worker;
      wait(one, same ? first->why : "another model gets room first", now);
    } else {
      room = make_room(orders, one, now);
      if (room == Room::waits) first = &one;
    }
    if (room == Room::waits) {
      ++i;
    } else {
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }
  return orders;
}

void SchedulerFsm::expire(Orders& orders, MonoTime now) {
  for (auto& [name, worker] : workers_) {
    const auto& keep_alive = worker.facts.keep_alive;
    if (worker.phase != Worker::Phase::open || worker.users > 0 || worker.facts.pinned ||
        !worker.facts.has_process || !keep_alive || worker.last_used + *keep_alive > now) {
      continue;
    }
    begin_end(orders, name, fmt::format("unused for {} s", seconds(now - worker.last_used)), now);
  }
}

void SchedulerFsm::shrink(Orders& orders, MonoTime now) {
  // Not by memory: what the machine has now changes all the time, and what is loaded fits somehow.
  const auto left = without_ending().count;
  if (left <= policy_.most_loaded) return;
  std::vector<Candidate> idle;
  std::vector<ModelId> names;
  for (const auto& [name, worker] : workers_) {
    if (worker.phase != Worker::Phase::open || worker.users > 0 || worker.facts.pinned) continue;
    idle.push_back(
        {.memory = worker.memory(), .idle = now - worker.last_used, .reload = worker.reload});
    names.push_back(name);
  }
  // What is busy stays until it is not.
  const auto many = std::min(left - policy_.most_loaded, idle.size());
  const auto victims = choose_victims(idle, {.memory = {}, .places = many});
  for (const auto index : victims.value_or(std::vector<std::size_t>())) {
    begin_end(orders, names[index],
              fmt::format("at most {} models may be loaded", policy_.most_loaded), now);
  }
}

SchedulerFsm::Use SchedulerFsm::use() const {
  Use use;
  for (const auto& [name, worker] : workers_) {
    use.memory = use.memory + worker.memory();
    ++use.count;
  }
  return use;
}

SchedulerFsm::Use SchedulerFsm::without_ending() const {
  Use use;
  for (const auto& [name, worker] : workers_) {
    if (worker.phase == Worker::Phase::ending) continue;
    use.memory = use.memory + worker.memory();
    ++use.count;
  }
  return use;
}

bool SchedulerFsm::fits(const Use& others, const Wanted& wanted) const {
  return others.count < policy_.most_loaded &&
         (!policy_.memory || others.memory + wanted.memory <= *policy_.memory);
}

bool SchedulerFsm::is_resident(const Worker& worker, MonoTime now) const {
  return worker.facts.has_process && worker.since + policy_.residency > now;
}

std::vector<ModelId> SchedulerFsm::victims(const Wanted& wanted, MonoTime now,
                                           bool (*may_go)(const Worker&)) const {
  auto left = without_ending();
  std::vector<Candidate> candidates;
  std::vector<ModelId> names;
  for (const auto& [name, worker] : workers_) {
    if (name == wanted.worker) --left.count;  // known, without a process
    if (name == wanted.worker || worker.phase == Worker::Phase::ending || !may_go(worker)) continue;
    if (worker.users == 0 && is_resident(worker, now)) continue;
    candidates.push_back({.memory = worker.memory(),
                          .idle = worker.users > 0 ? Duration() : now - worker.last_used,
                          .reload = worker.reload});
    names.push_back(name);
  }
  const auto missing =
      policy_.memory ? rest(left.memory + wanted.memory, *policy_.memory) : ByteSize();
  const auto places = left.count + 1 - std::min(left.count + 1, policy_.most_loaded);
  const auto chosen = choose_victims(candidates, {.memory = missing, .places = places});
  std::vector<ModelId> gone;
  if (chosen) {
    for (const auto index : *chosen) gone.push_back(names[index]);
  }
  return gone;
}

SchedulerFsm::Room SchedulerFsm::make_room(Orders& orders, Waiting& waiting, MonoTime now) {
  const auto& wanted = waiting.wanted;
  const auto known = [&](Use use) {
    if (workers_.contains(wanted.worker)) --use.count;
    return use;
  };
  if (fits(known(use()), wanted)) {
    grant(orders, waiting.id, wanted, now);
    return Room::granted;
  }
  Use pinned;
  for (const auto& [name, worker] : workers_) {
    if (!worker.facts.pinned || name == wanted.worker) continue;
    pinned.memory = pinned.memory + worker.memory();
    ++pinned.count;
  }
  if (!fits(pinned, wanted)) {
    auto error = cannot_fit(wanted);
    note(Decision::What::refused, wanted.worker, error.message, now);
    orders.emplace_back(order::Refuse{.request = waiting.id, .why = std::move(error)});
    return Room::refused;
  }
  if (fits(known(without_ending()), wanted)) {
    wait(waiting, "room is being made", now);
    return Room::waits;
  }
  const auto idle = victims(
      wanted, now, [](const Worker& worker) { return worker.users == 0 && !worker.facts.pinned; });
  if (!idle.empty()) {
    for (const auto& name : idle) {
      const auto& worker = workers_.at(name);
      begin_end(orders, name,
                fmt::format("makes room for {}; unused for {} s",
                            sized(wanted.worker, wanted.memory), seconds(now - worker.last_used)),
                now);
    }
    wait(waiting, fmt::format("{} makes room", listed(idle)), now);
    return Room::waits;
  }
  if (waiting.since + policy_.starvation <= now) {
    const auto busy =
        victims(wanted, now, [](const Worker& worker) { return !worker.facts.pinned; });
    for (const auto& name : busy) {
      auto& worker = workers_.at(name);
      if (worker.phase != Worker::Phase::open) continue;
      worker.phase = worker.users > 0 ? Worker::Phase::closing : Worker::Phase::ending;
      if (worker.users == 0) orders.emplace_back(order::End{name});
      note(Decision::What::ends, name,
           fmt::format("takes no more requests: {} has waited {} s for room", wanted.worker.str(),
                       seconds(now - waiting.since)),
           now);
    }
    if (!busy.empty()) {
      wait(waiting, fmt::format("{} ends what it is doing and makes room", listed(busy)), now);
      return Room::waits;
    }
  }
  wait(waiting, fmt::format("no room for {}: {}", to_string(wanted.memory), names_of_busy()), now);
  return Room::waits;
}

void SchedulerFsm::grant(Orders& orders, RequestId id, const Wanted& wanted, MonoTime now) {
  auto& worker = workers_[wanted.worker];
  const bool loads = worker.memory() == ByteSize();
  worker.planned = wanted.memory;
  worker.reload = wanted.reload;
  ++worker.users;
  if (loads) {
    worker.since = now;
    worker.last_used = now;
    const auto all = use();
    const auto most = policy_.memory ? fmt::format(" of {}", to_string(*policy_.memory)) : "";
    note(Decision::What::loads, wanted.worker,
         fmt::format("takes {}; {} of {} models, {}{} then", to_string(wanted.memory), all.count,
                     policy_.most_loaded, to_string(all.memory), most),
         now);
  }
  granted_.emplace(id, wanted.worker);
  orders.emplace_back(order::Grant{id});
}

void SchedulerFsm::begin_end(Orders& orders, const ModelId& worker, std::string why, MonoTime now) {
  workers_.at(worker).phase = Worker::Phase::ending;
  note(Decision::What::ends, worker, std::move(why), now);
  orders.emplace_back(order::End{worker});
}

void SchedulerFsm::wait(Waiting& waiting, std::string why, MonoTime now) {
  if (waiting.why.empty()) note(Decision::What::waits, waiting.wanted.worker, why, now);
  waiting.why = std::move(why);
}

void SchedulerFsm::note(Decision::What what, const ModelId& worker, std::string why, MonoTime now) {
  decisions_.push_back({.what = what, .when = now, .worker = worker, .why = std::move(why)});
  if (decisions_.size() > limits::kDecisionsKept) decisions_.pop_front();
}

Error SchedulerFsm::cannot_fit(const Wanted& wanted) const {
  if (!policy_.memory || wanted.memory <= *policy_.memory) {
    std::vector<std::string> pinned;
    for (const auto& [name, worker] : workers_) {
      if (worker.facts.pinned) pinned.push_back(sized(name, worker.memory()));
    }
    const auto most = policy_.memory ? ", " + to_string(*policy_.memory) : "";
    return {.kind = ErrorKind::unavailable,
            .message = fmt::format(
                "there is no room for {} beside what is pinned, {}; {} models{} may be loaded. End "
                "one with `llf stop MODEL`, or raise models.max_loaded or models.memory",
                sized(wanted.worker, wanted.memory), fmt::join(pinned, ", "), policy_.most_loaded,
                most)};
  }
  return {
      .kind = ErrorKind::too_large,
      .message = fmt::format("{} would take {} of memory, and models may take {} here now: use a "
                             "smaller context (engine.context, engine.slots) or a smaller "
                             "quantisation; `llf model fit {}` shows which fit. models.memory "
                             "sets what they may take",
                             wanted.worker.str(), to_string(wanted.memory),
                             to_string(*policy_.memory), wanted.worker.str())};
}

std::string SchedulerFsm::names_of_busy() const {
  std::vector<std::string> names;
  for (const auto& [name, worker] : workers_) {
    const auto why = worker.users > 0 ? "busy" : worker.facts.pinned ? "pinned" : "just loaded";
    names.push_back(fmt::format("{} is {}", sized(name, worker.memory()), why));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::optional<MonoTime> SchedulerFsm::next_tick(MonoTime now) const {
  std::optional<MonoTime> next;
  const auto look = [&](MonoTime when) {
    if (when > now) next = std::min(next.value_or(when), when);
  };
  for (const auto& [name, worker] : workers_) {
    if (worker.phase != Worker::Phase::open || worker.facts.pinned) continue;
    if (worker.users == 0 && worker.facts.keep_alive && worker.facts.has_process) {
      look(worker.last_used + *worker.facts.keep_alive);
    }
    if (!waiting_.empty()) look(worker.since + policy_.residency);
  }
  for (const auto& one : waiting_) look(one.since + policy_.starvation);
  return next;
}

std::vector<WaitingRequest> SchedulerFsm::waiting() const {
  std::vector<WaitingRequest> all;
  all.reserve(waiting_.size());
  for (const auto& one : waiting_) {
    all.push_back(
        {.request = one.id, .worker = one.wanted.worker, .since = one.since, .why = one.why});
  }
  return all;
}

}  // namespace llf::scheduler
