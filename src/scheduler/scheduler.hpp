#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/id.hpp"
#include "base/task.hpp"
#include "net/event.hpp"
#include "net/loop.hpp"
#include "net/task_group.hpp"
#include "scheduler/names.hpp"
#include "scheduler/scheduler_fsm.hpp"
#include "worker/worker.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace llf::scheduler {

/// Makes the worker of a target; given by the composition root.
using MakeWorker = std::function<std::shared_ptr<worker::Worker>(const Target&)>;

/// What a worker is expected to take.
struct Footprint {
  ByteSize memory;        ///< 0: not known
  Duration reload{};      ///< how long it takes to load
  std::size_t slots = 1;  ///< requests that it answers at once
};

/// What the scheduler asks of the machine; given by the composition root.
struct Machine {
  /// Errors: `invalid`: the model cannot serve in that mode.
  std::function<Task<Expected<Footprint>>(Target)> footprint;
  /// The memory that all models may take, RAM's and GPUs' together, `ours` being what would be free
  /// of RAM without them; nothing: is not looked at.
  std::function<std::optional<ByteSize>(ByteSize ours)> memory;
  /// Finds out what processes have now, where that takes time; may be empty.
  std::function<Task<void>()> observe;
};

/// What a request wants.
struct Wish {
  ModelId name;  ///< empty: the default model
  worker::Mode mode = worker::Mode::generate;
  /// How long the model is to stay when nobody uses it, from this request on: 0: not, negative: for
  /// ever; nothing: as the settings say.
  std::optional<std::chrono::seconds> keep_alive{};
};

class Scheduler;

/// As long as one lives, a request has its place at a worker. Moves. Loop thread.
class Place {
 public:
  Place(Scheduler& scheduler, RequestId request) : scheduler_(&scheduler), request_(request) {}
  Place(Place&& other) noexcept
      : scheduler_(std::exchange(other.scheduler_, nullptr)), request_(other.request_) {}
  Place& operator=(Place&&) = delete;
  ~Place();

  [[nodiscard]] RequestId request() const { return request_; }

 private:
  Scheduler* scheduler_;
  RequestId request_;
};

/// A name that is served.
struct Served {
  Target target;  ///< what it stood for when its worker was chosen
  Place place;    ///< outlives the lease
  worker::Lease lease;
  Duration queued{};                 ///< until there was room for its worker
  std::optional<Duration> loaded{};  ///< that it was waited for; nothing: it was ready
};

/// Workers that other settings concern.
struct Touched {
  std::vector<ModelId> loading;  ///< end after what they are doing, and load anew
  std::vector<ModelId> ending;   ///< end after what they are doing
  friend bool operator==(const Touched&, const Touched&) = default;
};

/// Brings requests to workers: one worker for each way to load a model, started when first wanted.
/// What happens when is decided by SchedulerFsm. Owned by the daemon; loop thread.
class Scheduler {
 public:
  /// `names` and `settings` outlive it and are looked at anew each time.
  Scheduler(net::Loop& loop, const Names& names, const config::Settings& settings,
            MakeWorker make_worker);
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// Before the first request; without it memory is not looked at.
  void set_machine(Machine machine) { machine_ = std::move(machine); }

  /// A lease on a ready worker for what this name stands for when it is ready to begin; waits while
  /// there is no room for it, while it loads, and while one with former settings ends what it is
  /// doing. Errors: those of Names::resolve; `unavailable` (too many wait already, or every place
  /// is taken by a model that is pinned), `too_large` (it would never fit), and whatever the load
  /// failed of.
  [[nodiscard]] Task<Expected<Served>> acquire(Wish wish);

  /// Ends the workers of a Target::model, whatever their mode, or the one of that name: their
  /// running requests get limits::kDrainTimeout to end first. What they know of past failures is
  /// forgotten. `not_found` when it is not loaded.
  [[nodiscard]] Task<Expected<void>> unload(ModelId model);

  /// The same of every worker that has one of these files, under whatever name. Errors: cancelled.
  [[nodiscard]] Task<Expected<void>> unload_files(std::vector<std::string> files);

  /// Ends all workers, for good. Returns when they are gone.
  [[nodiscard]] Task<void> stop_all();

  /// The settings have changed: limits hold for all workers at once; workers that load otherwise
  /// now, or whose name means nothing any more, end after what they are doing; the former then load
  /// anew. Where there are more than may be, unused ones go.
  Touched refresh();

  /// Those with a process that refresh would retire if these were the names.
  [[nodiscard]] Touched touched_by(const Names& names) const;

  /// The workers that exist, by name.
  [[nodiscard]] std::vector<worker::WorkerStatus> status() const;

  /// Requests that wait for their worker to get room, in their order.
  [[nodiscard]] std::vector<WaitingRequest> waiting() const { return fsm_.waiting(); }
  /// Why models came, went and were waited for; the newest last.
  [[nodiscard]] const std::deque<Decision>& decisions() const { return fsm_.decisions(); }

  /// The worker of that name; empty when there is none.
  [[nodiscard]] std::shared_ptr<worker::Worker> find(const ModelId& worker) const;

 private:
  friend class Place;

  /// What becomes of the name of a worker that is retired.
  enum class Then : std::uint8_t { nothing, load };

  struct Loaded {
    std::shared_ptr<worker::Worker> worker;
    ModelId model;  ///< Target::model
    Load load;
    Footprint footprint;
    std::optional<std::chrono::seconds> keep_alive{};  ///< as the newest request wants that says
    std::set<ModelId> asked_by;  ///< the names of the requests that came for it
    Then then = Then::nothing;   ///< when it has ended
  };

  /// A request that waits for its place.
  struct Waiter {
    net::Event answered;
    std::optional<Error> error;
  };

  [[nodiscard]] Task<Expected<void>> end_workers(std::vector<ModelId> names);
  [[nodiscard]] Touched retired_by(const Names& names) const;

  /// acquire, of a name that nobody asks for just now.
  [[nodiscard]] Task<Expected<Served>> obtain(ModelId name, worker::Mode mode);
  [[nodiscard]] Task<Expected<Place>> queue(Wanted wanted);
  [[nodiscard]] Task<Expected<Footprint>> footprint_of(Target target);

  /// The place of its worker, which is made where there is none; nothing where another one stands
  /// there, which is retired.
  [[nodiscard]] std::shared_ptr<worker::Worker> worker_for(const Target& target,
                                                           const Footprint& footprint);

  /// That these names ask for the worker, if it is still there.
  void note_asked(const ModelId& worker, std::set<ModelId> names);

  void release(RequestId request);
  void apply(const Orders& orders);
  void carry_out(const order::Grant& grant);
  void carry_out(const order::Refuse& refusal);
  void carry_out(const order::End& end);

  /// Tells the machine what is known of the workers, and of the limits now.
  void look();
  [[nodiscard]] WorkerFacts facts_of(const Loaded& one) const;
  [[nodiscard]] SchedulerPolicy policy() const;

  /// It takes no more requests; when it has ended what it is doing it goes.
  void retire(const ModelId& name, Then then);
  [[nodiscard]] Task<void> end_worker(ModelId name);
  [[nodiscard]] Task<void> load_anew(Loaded gone);
  /// Learns what a model takes that has been loaded.
  [[nodiscard]] Task<void> learn();

  /// How long a worker stays unused: 0: not; nothing: until its place is needed.
  [[nodiscard]] std::optional<Duration> keep_alive_of(const Loaded& one,
                                                      const Retention& retention) const;
  [[nodiscard]] Task<void> watch_time();

  net::Loop& loop_;
  const Names& names_;
  const config::Settings& settings_;
  MakeWorker make_worker_;
  Machine machine_;
  SchedulerFsm fsm_;
  std::map<ModelId, Loaded> workers_;
  std::map<RequestId, Waiter*> waiters_;
  RequestId last_request_ = 0;
  std::optional<MonoTime> tick_;  ///< when watch_time looks again
  net::Event changed_;            ///< pulses when that is too late
  bool time_watched_ = false;
  net::TaskGroup tasks_;
  net::TaskGroup watches_;  ///< given up when all ends
};

}  // namespace llf::scheduler
