#pragma once

#include "base/clock.hpp"
#include "base/id.hpp"
#include "scheduler/scheduler.hpp"
#include "worker/worker.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace llf::gateway {

/// What a client that waits for the first token of a stream is told now and then, so that it, and
/// what lies on the way to it, knows that it is not forgotten: "loading 42 %" while the model
/// loads, "queued 3" for the third to get a slot, else "ping". Pure.
[[nodiscard]] std::string waiting_text(const std::optional<worker::WorkerStatus>& worker,
                                       std::size_t queue_position);

/// How long a request waited for room or a slot and for its model to load, and which of them took
/// longer: "wait_ms=602; reason=load". Pure.
[[nodiscard]] std::string waited_text(Duration queue, Duration load);

/// One request that waits for its model. Owned by its route; loop thread.
class Waiting {
 public:
  Waiting(const scheduler::Scheduler& scheduler, ModelId worker)
      : scheduler_(scheduler), worker_(std::move(worker)) {}

  /// As long as it lives, the request waits with this lease.
  class Asked {
   public:
    Asked(Waiting& waiting, const worker::Lease& lease) : waiting_(waiting) {
      waiting_.lease_ = &lease;
    }
    Asked(const Asked&) = delete;
    Asked& operator=(const Asked&) = delete;
    ~Asked() { waiting_.lease_ = nullptr; }

   private:
    Waiting& waiting_;
  };

  [[nodiscard]] std::string text() const;

  /// The same for the head of an answer that begins while it waits: "wait_ms=15000; reason=queue;
  /// position=2", or `reason=load`. Nothing when it waits for neither.
  [[nodiscard]] std::optional<std::string> so_far() const;

 private:
  const scheduler::Scheduler& scheduler_;
  ModelId worker_;
  const worker::Lease* lease_ = nullptr;
  MonoTime since_ = mono_now();
};

}  // namespace llf::gateway
