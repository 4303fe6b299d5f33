#pragma once

#include "base/byte_size.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/id.hpp"
#include "base/limits.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace llf::scheduler {

/// A request, from when it comes until it has been served or given up.
using RequestId = std::uint64_t;

/// What a request needs.
struct Wanted {
  ModelId worker;                 ///< who serves it
  ByteSize memory;                ///< that its worker takes
  Duration reload{};              ///< how long it takes to load
  std::size_t most_requests = 1;  ///< that may be served by it or wait for it
};

/// By what SchedulerFsm decides.
struct SchedulerPolicy {
  std::size_t most_loaded = static_cast<std::size_t>(limits::kMaxLoaded);
  std::optional<ByteSize> memory;  ///< that all workers may take; nothing: is not looked at
  Duration residency = limits::kResidency;    ///< that a worker stays for those who may come next
  Duration starvation = limits::kStarvation;  ///< then busy workers take no more requests
  friend bool operator==(const SchedulerPolicy&, const SchedulerPolicy&) = default;
};

/// What is known of a worker beside its requests.
struct WorkerFacts {
  bool has_process = false;
  ByteSize memory;                     ///< that it was seen to take
  bool pinned = false;                 ///< it neither makes room nor leaves when unused
  std::optional<Duration> keep_alive;  ///< that it stays unused; nothing: until room is needed
};

/// What is to be done; carried out in order.
namespace order {
/// The request may use its worker, which is started where it does not run.
struct Grant {
  RequestId request;
};
/// The request is answered with an error.
struct Refuse {
  RequestId request;
  Error why;
};
/// The worker is to end; `ended` says when it has.
struct End {
  ModelId worker;
};
}  // namespace order

using Order = std::variant<order::Grant, order::Refuse, order::End>;
using Orders = std::vector<Order>;

/// Why something happened, for people (`llf ps --why`).
struct Decision {
  enum class What : std::uint8_t { loads, ends, waits, refused } what = What::loads;
  MonoTime when;
  ModelId worker;
  std::string why;
};

[[nodiscard]] std::string_view to_string(Decision::What what);

/// A request that waits for its worker to get room.
struct WaitingRequest {
  RequestId request = 0;
  ModelId worker;
  MonoTime since;
  std::string why;
};

/// Decides which workers there are and who gets them: events in, orders out; no I/O, no clock of
/// its own (`now` never goes back). It holds:
/// - a request is granted or refused once, unless it leaves; in the order in which they came, of
///   those of one worker and of those that need room;
/// - granted workers fit into the policy's memory and number, but for those that a smaller policy
///   or a wrong estimate makes too many;
/// - nobody ends who serves a request, but by end_now;
/// - of those that may go, the ones go whose idle time is longest for what it costs to load them
///   again, and no more than are needed; none within its residency, as long as others can;
/// - a request that has waited for the policy's starvation gets room next: busy workers that must
/// go
///   for it take no more requests.
class SchedulerFsm {
 public:
  explicit SchedulerFsm(const SchedulerPolicy& policy) : policy_(policy) {}

  [[nodiscard]] Orders set_policy(const SchedulerPolicy& policy, MonoTime now);

  /// A number not used before.
  [[nodiscard]] Orders request(RequestId id, const Wanted& wanted, MonoTime now);
  /// The request is over: served, or given up while it waited. Unknown numbers are ignored.
  [[nodiscard]] Orders release(RequestId id, MonoTime now);
  [[nodiscard]] Orders update(const ModelId& worker, const WorkerFacts& facts, MonoTime now);

  /// It takes no more requests and ends when it has served those that it has.
  [[nodiscard]] Orders close(const ModelId& worker, std::string why, MonoTime now);
  /// The same at once.
  [[nodiscard]] Orders end_now(const ModelId& worker, MonoTime now);
  /// It has ended, as it was ordered to.
  [[nodiscard]] Orders ended(const ModelId& worker, MonoTime now);
  /// Its process was started again, for that reason: for `decisions` alone.
  void restarted(const ModelId& worker, std::string_view why, MonoTime now);
  /// Time has passed.
  [[nodiscard]] Orders tick(MonoTime now);

  /// When tick has something to do; nothing: only after another event.
  [[nodiscard]] std::optional<MonoTime> next_tick(MonoTime now) const;

  /// Whether it takes requests.
  [[nodiscard]] bool is_open(const ModelId& worker) const {
    const auto at = workers_.find(worker);
    return at != workers_.end() && at->second.phase == Worker::Phase::open;
  }
  /// Whether it has its worker: it was granted, and neither is it over nor has the worker ended.
  [[nodiscard]] bool is_granted(RequestId id) const { return granted_.contains(id); }
  [[nodiscard]] bool is_known(const ModelId& worker) const { return workers_.contains(worker); }
  [[nodiscard]] std::size_t users(const ModelId& worker) const {
    const auto at = workers_.find(worker);
    return at == workers_.end() ? 0 : at->second.users;
  }
  [[nodiscard]] std::vector<WaitingRequest> waiting() const;
  /// The newest last, limits::kDecisionsKept of them.
  [[nodiscard]] const std::deque<Decision>& decisions() const { return decisions_; }

 private:
  struct Worker {
    ByteSize planned;
    Duration reload{};
    WorkerFacts facts{};
    std::size_t users = 0;
    MonoTime since;      ///< granted for the first time
    MonoTime last_used;  ///< when the last request ended
    enum class Phase : std::uint8_t { open, closing, ending } phase = Phase::open;

    /// What it takes, or will in a moment.
    [[nodiscard]] ByteSize memory() const {
      return users == 0 && !facts.has_process ? ByteSize() : std::max(planned, facts.memory);
    }
  };

  struct Waiting {
    RequestId id;
    Wanted wanted;
    MonoTime since;
    std::string why;
  };

  /// What all workers take, and how many they are.
  struct Use {
    ByteSize memory;
    std::size_t count = 0;
  };

  /// What became of a request that needs room.
  enum class Room : std::uint8_t { granted, refused, waits };

  using Entry = std::map<ModelId, Worker>::value_type;

  [[nodiscard]] Orders pump(MonoTime now);
  void expire(Orders& orders, MonoTime now);
  void shrink(Orders& orders, MonoTime now);
  [[nodiscard]] Room make_room(Orders& orders, Waiting& waiting, MonoTime now);
  void grant(Orders& orders, RequestId id, const Wanted& wanted, MonoTime now);
  void begin_end(Orders& orders, const ModelId& worker, std::string why, MonoTime now);
  void wait(Waiting& waiting, std::string why, MonoTime now);
  void note(Decision::What what, const ModelId& worker, std::string why, MonoTime now);

  [[nodiscard]] Use use() const;
  [[nodiscard]] Use without_ending() const;
  [[nodiscard]] bool fits(const Use& others, const Wanted& wanted) const;
  [[nodiscard]] bool is_resident(const Worker& worker, MonoTime now) const;
  [[nodiscard]] std::vector<ModelId> victims(const Wanted& wanted, MonoTime now,
                                             bool (*may_go)(const Worker&)) const;
  [[nodiscard]] Error cannot_fit(const Wanted& wanted) const;
  [[nodiscard]] std::string names_of_busy() const;

  SchedulerPolicy policy_;
  std::map<ModelId, Worker> workers_;
  std::map<RequestId, ModelId> granted_;
  std::vector<Waiting> waiting_;  ///< in the order in which they came
  std::deque<Decision> decisions_;
};

}  // namespace llf::scheduler
