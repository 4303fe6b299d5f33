#include "scheduler/scheduler_fsm.hpp"
#include "worker/worker_fsm.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace llf::scheduler {
namespace {

using namespace std::chrono_literals;
using worker::WorkerState;

/// A process of a worker that is simulated.
struct Process {
  worker::Generation generation = 0;
  bool ignores_term = false;
  bool is_told = false;  ///< to end
  bool is_killed = false;
};

/// A worker as the scheduler has it: its machine, its process, and who uses it.
struct Worker {
  worker::WorkerFsm fsm{worker::WorkerPolicy{}};
  std::optional<Process> process;
  bool checks_health = false;
  bool ends = false;              ///< the scheduler has ordered it
  std::set<RequestId> loading;    ///< wait until it is ready
  std::set<RequestId> answering;  ///< have it
};

/// The scheduler, its workers, their processes and the clients, driven at random through both
/// machines, as Scheduler and WorkerCore connect them. What must always hold is checked after each
/// step: no request is lost, none is answered by a worker that is not there, nobody who is served
/// loses its worker but by a crash, an unload or the end.
class Simulation {
 public:
  explicit Simulation(std::uint64_t seed) : random_(seed) {}

  void run(int steps) {
    for (int i = 0; i < steps && !testing::Test::HasFailure(); ++i) {
      step();
      check();
    }
    finish();
  }

 private:
  std::size_t below(std::size_t count) { return random_() % count; }
  bool chance(std::size_t percent) { return below(100) < percent; }

  template <class Container>
  auto any_of(Container& all) {
    return std::next(all.begin(), static_cast<std::ptrdiff_t>(below(all.size())));
  }

  void step() {
    switch (below(12)) {
      case 0:
      case 1:
      case 2:
        request();
        break;
      case 3:
      case 4:
        leave();
        break;
      case 5:
        crash();
        break;
      case 6:
        if (chance(20)) unload();
        break;
      case 7:
        if (chance(10)) change_policy();
        break;
      default:
        pass(std::chrono::milliseconds(below(chance(10) ? 40'000 : 2000)));
        break;
    }
  }

  void request() {
    const auto model = below(5);
    const auto id = ++last_;
    open_.insert(id);
    wants_[id] = ModelId(std::string(1, static_cast<char>('a' + model)));
    take(fsm_.request(id,
                      {.worker = wants_[id],
                       .memory = ByteSize::gib(1 + model),
                       .reload = 1s,
                       .most_requests = 8},
                      now_));
  }

  void leave() {
    if (!open_.empty()) over(*any_of(open_));
  }

  /// The request is answered, refused by its worker, or given up.
  void over(RequestId id) {
    open_.erase(id);
    granted_.erase(id);
    for (auto& [name, one] : workers_) {
      if (one.loading.erase(id) != 0) one.fsm.leave(id);
      one.answering.erase(id);
    }
    take(fsm_.release(id, now_));
  }

  void crash() {
    if (workers_.empty()) return;
    const auto at = any_of(workers_);
    if (at->second.process) end_process(at->first);
  }

  void unload() {
    if (workers_.empty()) return;
    const auto name = any_of(workers_)->first;
    if (!fsm_.is_known(name)) return;
    take(fsm_.close(name, "was told to end", now_));
    if (chance(50)) {
      interrupted_.insert(name);
      take(fsm_.end_now(name, now_));
    }
  }

  void change_policy() {
    SchedulerPolicy policy{.most_loaded = 1 + below(4)};
    if (chance(50)) policy.memory = ByteSize::gib(5 + below(8));
    take(fsm_.set_policy(policy, now_));
  }

  /// Time passes, in which processes load, answer, and end.
  void pass(Duration duration) {
    const auto end = now_ + duration;
    while (now_ < end && !testing::Test::HasFailure()) {
      now_ = std::min(end, now_ + 500ms);
      live();
      take(fsm_.tick(now_));
    }
  }

  void live() {
    std::vector<ModelId> names;
    for (const auto& [name, one] : workers_) names.push_back(name);
    for (const auto& name : names) {
      if (const auto at = workers_.find(name); at != workers_.end()) live_one(name, at->second);
    }
  }

  void live_one(const ModelId& name, Worker& one) {
    if (one.fsm.deadline() && *one.fsm.deadline() <= now_) apply(name, one.fsm.tick(now_));
    if (one.process && one.fsm.state() == WorkerState::starting && chance(30)) {
      apply(name, one.fsm.ready_line(one.process->generation));
    }
    if (one.checks_health && one.process && chance(70)) {
      one.checks_health = false;
      apply(name, one.fsm.health(one.process->generation, worker::WorkerFsm::Health::ok, now_));
    }
    if (one.process && (one.process->is_killed ||
                        (one.process->is_told && chance(60) && !one.process->ignores_term))) {
      end_process(name);
    }
    tell_failed();
    const auto again = workers_.find(name);
    if (again == workers_.end()) return;
    if (!again->second.answering.empty() && chance(30)) over(*again->second.answering.begin());
    tell(name);
  }

  /// The name is a copy: the worker may be gone when it returns.
  void end_process(ModelId name) {
    auto& one = workers_.at(name);
    const auto generation = one.process->generation;
    one.process.reset();
    one.checks_health = false;
    // Their connections break: they are given up, or come again.
    const auto broken = std::exchange(one.answering, {});
    apply(name, one.fsm.exited(generation, now_));
    tell_failed();
    for (const auto id : broken) {
      if (open_.contains(id)) over(id);
    }
    tell(name);
    is_gone(name);
  }

  /// What the scheduler is told of a worker.
  void tell(const ModelId& name) {
    const auto at = workers_.find(name);
    if (at == workers_.end() || !fsm_.is_known(name)) return;
    const bool runs =
        at->second.fsm.has_process() || at->second.fsm.state() == WorkerState::backoff;
    take(fsm_.update(
        name, {.has_process = runs, .memory = ByteSize::gib(1), .pinned = false, .keep_alive = 30s},
        now_));
  }

  /// A worker that was to end has ended when its process has.
  void is_gone(const ModelId& name) {
    const auto at = workers_.find(name);
    if (at == workers_.end() || !at->second.ends || at->second.process) return;
    const auto lost = at->second.loading;
    workers_.erase(at);
    interrupted_.erase(name);
    for (const auto id : lost) granted_.erase(id);
    take(fsm_.ended(name, now_));
    for (const auto id : lost) {
      if (open_.contains(id)) over(id);
    }
  }

  void apply(const ModelId& name, const worker::Actions& actions) {
    for (const auto& each : actions) {
      const auto at = workers_.find(name);
      ASSERT_NE(at, workers_.end()) << "something is done for a worker that is gone";
      auto& one = at->second;
      if (const auto* spawn = std::get_if<worker::action::Spawn>(&each)) {
        ASSERT_FALSE(one.process) << "a second process";
        ASSERT_FALSE(one.ends) << "one that ends is started";
        one.process = Process{.generation = spawn->generation, .ignores_term = chance(20)};
      } else if (std::holds_alternative<worker::action::CheckHealth>(each)) {
        one.checks_health = true;
      } else if (const auto* sent = std::get_if<worker::action::SendSignal>(&each)) {
        ASSERT_TRUE(one.process);
        one.process->is_told = true;
        one.process->is_killed = sent->signal == worker::action::Signal::kill;
      } else {
        answered(one, std::get<worker::action::Answer>(each));
      }
    }
  }

  void answered(Worker& one, const worker::action::Answer& answer) {
    ASSERT_EQ(one.loading.erase(answer.waiter), 1) << "nobody waits for that";
    if (answer.outcome == worker::Outcome::ready) {
      ASSERT_TRUE(one.process && !one.process->is_told) << "served by one that is not there";
      one.answering.insert(answer.waiter);
    } else {
      failed_.push_back(answer.waiter);
    }
  }

  void take(const Orders& orders) {
    for (const auto& order : orders) {
      std::visit([this](const auto& one) { carry_out(one); }, order);
    }
    tell_failed();
  }

  /// What a load failed of is told to its client, which then is over.
  void tell_failed() {
    while (!failed_.empty()) {
      const auto id = failed_.back();
      failed_.pop_back();
      if (open_.contains(id)) over(id);
    }
  }

  void carry_out(const order::Grant& grant) {
    ASSERT_TRUE(open_.contains(grant.request)) << "granted after it had left";
    ASSERT_TRUE(granted_.insert(grant.request).second) << "granted twice";
    const auto name = wants_[grant.request];
    auto& one = workers_[name];
    ASSERT_FALSE(one.ends) << "granted one that ends";
    one.loading.insert(grant.request);
    apply(name, one.fsm.wait(grant.request, now_));
    tell(name);
  }

  void carry_out(const order::Refuse& refusal) {
    ASSERT_EQ(open_.erase(refusal.request), 1) << "refused after it had left";
  }

  void carry_out(const order::End& end) {
    const auto at = workers_.find(end.worker);
    ASSERT_NE(at, workers_.end()) << "one ends that is not there";
    auto& one = at->second;
    ASSERT_FALSE(std::exchange(one.ends, true)) << "ended twice";
    if (!interrupted_.contains(end.worker)) {
      ASSERT_TRUE(one.answering.empty() && one.loading.empty()) << "one ends that is used";
    }
    apply(end.worker, one.fsm.stop(now_));
    is_gone(end.worker);
  }

  void check() {
    std::set<RequestId> waiting;
    for (const auto& one : fsm_.waiting()) waiting.insert(one.request);
    for (const auto id : open_) {
      bool has_worker = false;
      for (const auto& [name, one] : workers_) {
        has_worker = has_worker || one.loading.contains(id) || one.answering.contains(id);
      }
      ASSERT_NE(waiting.contains(id), has_worker) << "request " << id << " is lost";
    }
    for (const auto& [name, one] : workers_) {
      ASSERT_EQ(one.fsm.has_process(), one.process.has_value()) << name.str();
      ASSERT_EQ(one.fsm.waiting(), one.loading.size()) << name.str();
      ASSERT_TRUE(fsm_.is_known(name)) << name.str() << " is forgotten";
    }
  }

  /// When nobody comes any more, everybody has been answered in the end.
  void finish() {
    for (int i = 0; i < 5000 && !open_.empty() && !testing::Test::HasFailure(); ++i) {
      pass(1s);
      check();
    }
    EXPECT_TRUE(open_.empty()) << open_.size() << " requests were never answered";
  }

  std::mt19937_64 random_;
  MonoTime now_ = MonoTime() + 1h;
  SchedulerFsm fsm_{{.most_loaded = 3}};
  RequestId last_ = 0;
  std::set<RequestId> open_;
  std::set<RequestId> granted_;
  std::map<RequestId, ModelId> wants_;
  std::map<ModelId, Worker> workers_;
  std::set<ModelId> interrupted_;  ///< are ended though they are used
  std::vector<RequestId> failed_;  ///< whose load failed just now
};

/// Runs of so many steps each, from a seed that a failure tells.
void simulate(std::uint64_t runs, int steps) {
  const auto seed = std::random_device()();
  for (std::uint64_t i = 0; i < runs && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE(testing::Message() << "seed " << seed + i << ", steps " << steps);
    Simulation(seed + i).run(steps);
  }
}

// F14, F15: 100,000 random interleavings of requests, expiry, crashes, unloads and settings,
// through the scheduler and its workers together.
TEST(SchedulerWorkersModel, every_request_is_answered_once_whatever_happens) {
  simulate(100'000, 20);
}

TEST(SchedulerWorkersModel, the_same_holds_in_the_long_run) {
  simulate(100, 1000);
}

}  // namespace
}  // namespace llf::scheduler
