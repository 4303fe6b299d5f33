#pragma once

#include "base/expected.hpp"
#include "base/id.hpp"
#include "base/task.hpp"
#include "net/event.hpp"
#include "net/loop.hpp"
#include "net/task_group.hpp"
#include "store/catalog.hpp"
#include "worker/worker.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace llf::scheduler {

/// Makes the worker of a model; given by the composition root.
using MakeWorker = std::function<std::shared_ptr<worker::Worker>(const store::ModelFile&)>;

/// Brings requests to workers: one worker per model, started when first wanted, the longest unused
/// one ended when another needs its place. Owned by the daemon; loop thread.
class Scheduler {
 public:
  Scheduler(net::Loop& loop, store::Catalog& catalog, std::size_t max_loaded,
            MakeWorker make_worker);
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  /// A lease on a ready worker of this model; waits while it loads. Errors: `not_found` (no such
  /// model), `unavailable` (every place is taken by a model that stays busy), and whatever the load
  /// failed of.
  [[nodiscard]] Task<Expected<worker::Lease>> acquire(ModelId model);

  /// Ends the model's worker: its running requests get limits::kDrainTimeout to end first. What it
  /// knows of past failures is forgotten. `not_found` when it is not loaded.
  [[nodiscard]] Task<Expected<void>> unload(ModelId model);

  /// Ends all workers, for good. Returns when they are gone.
  [[nodiscard]] Task<void> stop_all();

  /// The workers that exist, by model name.
  [[nodiscard]] std::vector<worker::WorkerStatus> status() const;

  /// The worker of a model; empty when it has none.
  [[nodiscard]] std::shared_ptr<worker::Worker> find(const ModelId& model) const;

 private:
  class Removal;

  /// Begins to end the longest unused worker; `unavailable` when all are busy.
  [[nodiscard]] Expected<void> evict_one();

  /// remove, unless the worker is busy by now.
  [[nodiscard]] Task<void> evict(ModelId model, std::shared_ptr<worker::Worker> worker,
                                 std::unique_ptr<Removal> removal);

  /// Ends the worker and forgets it, unless somebody came for it meanwhile.
  [[nodiscard]] Task<void> remove(ModelId model, std::shared_ptr<worker::Worker> worker,
                                  std::unique_ptr<Removal> removal);

  net::Loop& loop_;
  store::Catalog& catalog_;
  std::size_t max_loaded_;
  MakeWorker make_worker_;
  std::map<ModelId, std::shared_ptr<worker::Worker>> workers_;
  std::size_t removing_ = 0;
  net::Event room_;  ///< pulses when a removal has ended
  net::TaskGroup tasks_;
};

}  // namespace llf::scheduler
