#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/id.hpp"
#include "base/task.hpp"
#include "net/event.hpp"
#include "net/loop.hpp"
#include "net/task_group.hpp"
#include "scheduler/names.hpp"
#include "worker/worker.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace llf::scheduler {

/// Makes the worker of a target; given by the composition root.
using MakeWorker = std::function<std::shared_ptr<worker::Worker>(const Target&)>;

/// A name that is served.
struct Served {
  Target target;  ///< what it stood for when its worker was chosen
  worker::Lease lease;
};

/// Workers that other settings concern.
struct Touched {
  std::vector<ModelId> loading;  ///< end after what they are doing, and load anew
  std::vector<ModelId> ending;   ///< end after what they are doing
  friend bool operator==(const Touched&, const Touched&) = default;
};

/// Brings requests to workers: one worker for each way to load a model, started when first wanted,
/// the longest unused one ended when another needs its place, one that is not used for its
/// keep-alive ended too, and one whose settings have changed started anew. Owned by the daemon;
/// loop thread.
class Scheduler {
 public:
  /// `names` and `settings` outlive it and are looked at anew each time.
  Scheduler(net::Loop& loop, const Names& names, const config::Settings& settings,
            MakeWorker make_worker);
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// A lease on a ready worker for what this name stands for when it is ready to begin; waits while
  /// it loads, and while one with former settings ends what it is doing. Errors: those of
  /// Names::resolve, `unavailable` (every place is taken by a model that
  /// stays busy), and whatever the load failed of.
  [[nodiscard]] Task<Expected<Served>> acquire(ModelId name);

  /// Ends a worker: its running requests get limits::kDrainTimeout to end first. What it knows of
  /// past failures is forgotten. `not_found` when it is not loaded.
  [[nodiscard]] Task<Expected<void>> unload(ModelId worker);

  /// Ends all workers, for good. Returns when they are gone.
  [[nodiscard]] Task<void> stop_all();

  /// The settings have changed: limits hold for all workers at once; workers that load otherwise
  /// now, or whose name means nothing any more, end after what they are doing; the former then load
  /// anew. Where there are more than may be, unused ones go.
  Touched refresh();

  /// Those that refresh would retire if these were the names.
  [[nodiscard]] Touched touched_by(const Names& names) const;

  /// The workers that exist, by name.
  [[nodiscard]] std::vector<worker::WorkerStatus> status() const;

  /// The worker of that name; empty when there is none.
  [[nodiscard]] std::shared_ptr<worker::Worker> find(const ModelId& worker) const;

 private:
  class Removal;

  /// What becomes of the name of a worker that is retired.
  enum class Then : std::uint8_t { nothing, load };

  struct Loaded {
    std::shared_ptr<worker::Worker> worker;
    Load load;
    std::set<ModelId> asked_by;  ///< the names of the requests that came for it
    bool retiring = false;       ///< gets no more requests
    Then then = Then::nothing;   ///< when it is retired
  };

  /// What `name` stands for, as soon as its worker is there with these settings, or there is room
  /// for it. Nothing may be awaited between its return and the use of that place.
  [[nodiscard]] Task<Expected<Target>> make_room(ModelId name);

  /// acquire, of a name that nobody asks for just now.
  [[nodiscard]] Task<Expected<Served>> obtain(ModelId name);

  /// That these names ask for the worker, if it is still there.
  void note_asked(const ModelId& worker, std::set<ModelId> names);

  /// Begins to end the longest unused worker; `unavailable` when all are busy.
  [[nodiscard]] Expected<void> evict_one();

  /// remove, unless the worker is busy by now.
  [[nodiscard]] Task<void> evict(ModelId name, std::shared_ptr<worker::Worker> worker,
                                 std::unique_ptr<Removal> removal);

  /// Ends the worker and forgets it, unless somebody came for it meanwhile. Returns what was
  /// forgotten; nothing also when somebody else was faster.
  [[nodiscard]] Task<std::optional<Loaded>> remove(ModelId name,
                                                   std::shared_ptr<worker::Worker> worker,
                                                   std::unique_ptr<Removal> removal);

  /// Gives it no more requests; when it has ended what it is doing it goes.
  void retire(const ModelId& name, Then then);
  [[nodiscard]] Task<void> replace(ModelId name, std::shared_ptr<worker::Worker> worker);

  /// Ends unused workers until there are no more than may be, as long as some may become unused.
  [[nodiscard]] Task<void> shrink();

  /// Ends workers that nobody used for their keep-alive, as long as there are any that may.
  [[nodiscard]] Task<void> watch_keep_alive();
  [[nodiscard]] std::optional<MonoTime> expire(MonoTime now);

  net::Loop& loop_;
  const Names& names_;
  const config::Settings& settings_;
  MakeWorker make_worker_;
  std::map<ModelId, Loaded> workers_;
  std::size_t removing_ = 0;
  net::Event room_;     ///< pulses when a removal has ended
  net::Event changed_;  ///< pulses when a keep-alive may have begun
  bool keep_alive_watched_ = false;
  bool shrinking_ = false;
  net::TaskGroup tasks_;
  net::TaskGroup watches_;  ///< given up when all ends
};

}  // namespace llf::scheduler
