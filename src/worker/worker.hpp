#pragma once

#include "base/byte_size.hpp"
#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/http_client.hpp"
#include "net/loop.hpp"
#include "worker/command_line.hpp"
#include "worker/engine.hpp"
#include "worker/journal.hpp"
#include "worker/liveness.hpp"
#include "worker/worker_fsm.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace llf::worker {

class WorkerCore;
struct LeaseState;

/// What a worker is made of.
struct WorkerConfig {
  std::string model;    ///< the name that people use; also the engine's alias
  ByteSize size;        ///< of the model's file, for the progress of a load
  LoadPlan plan;        ///< `engine` is filled in, and `alias`, where it is empty, with `model`
  EngineSearch engine;  ///< searched anew at every start
  std::filesystem::path run_dir;  ///< 0700; sockets; under 84 bytes
  std::filesystem::path log_dir;  ///< a rotated file per model
  Journal* journal = nullptr;     ///< outlives the worker; may be null
  /// Asked before each start whether the model may be given to the engine, and what it is made for;
  /// may be empty. What it uses outlives the worker.
  std::function<Task<Expected<ModelTraits>>()> check_model;
  /// What the tree of a process has of GPUs' memory; may be empty. As above.
  std::function<ByteSize(pid_t)> gpu_memory;
  WorkerPolicy policy;
  LivenessPolicy liveness;
};

/// A worker as people see it. `rss`, `gpu` (memory of GPUs), `progress` are as of now, at most a
/// quarter second old.
struct WorkerStatus {
  std::string model;
  WorkerState state = WorkerState::stopped;
  pid_t pid = 0;  ///< 0: no process
  ByteSize rss;
  ByteSize gpu;
  ByteSize size;
  std::uint32_t context = 0;  ///< tokens per slot
  std::uint32_t slots = 0;
  std::size_t active = 0;          ///< leases that the engine works for: at most one a slot
  std::size_t queued = 0;          ///< leases beyond, which wait for a slot
  std::size_t waiting = 0;         ///< who waits until it is ready
  std::optional<double> progress;  ///< of a load, 0 to 1
  Duration uptime{};               ///< since it became ready, or since its start while it loads
  Duration idle{};                 ///< since the last lease ended; 0 while one lives
  MonoTime last_used;              ///< when the last lease ended, or it became ready
  std::size_t restarts = 0;        ///< starts that followed a failure
  std::string error;               ///< of the last failure, while it is not ready; else empty
};

/// The right to use a ready worker's process: while one lives the worker counts as busy, and its
/// silence is watched. Moves; ends with its object. Loop thread.
class Lease {
 public:
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&&) = delete;
  ~Lease();

  [[nodiscard]] const net::Endpoint& endpoint() const;

  /// Bytes of the answer came.
  void note_progress();

  /// What came is being forwarded to a client that may take its time: until the next
  /// note_progress the engine is not blamed for silence.
  void note_client_waits();

  /// 0 when the engine works for this lease, 1 when it is the next one to get a slot, and so on:
  /// engines take requests in the order in which they came.
  [[nodiscard]] std::size_t queue_position() const;

  /// Why this lease's process ended or is being ended; waits for its end at most so long, since a
  /// broken connection is often noticed before the end of the process. Nothing while it runs.
  [[nodiscard]] Task<std::optional<Error>> ended_within(Duration limit);

 private:
  friend class Worker;
  explicit Lease(std::unique_ptr<LeaseState> state);
  std::unique_ptr<LeaseState> state_;
};

/// Supervises one llama-server for one model: starts it when somebody needs it, knows from its own
/// words when it is ready, keeps its output, restarts it after a crash with growing pauses,
/// replaces it when it makes no progress with the requests that it has, and ends it. What happens
/// when is decided by WorkerFsm. Loop thread (the one that spawned a process must live as long as
/// it); `close` must have returned before it is destroyed.
class Worker {
 public:
  Worker(net::Loop& loop, WorkerConfig config);
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  /// A lease on the ready worker; starts it, and waits for it, as long as that takes (the policy's
  /// load_limit). Errors, with the engine's last lines where it said something: upstream (it ended
  /// while it loaded), timeout (load_limit), unavailable (there is no engine or none that can be
  /// started, it was stopped meanwhile, or it failed too often and is not tried now), cancelled.
  [[nodiscard]] Task<Expected<Lease>> acquire();

  /// Ends the process and fails who waits for it; returns when it is gone. A later acquire starts a
  /// new one. Leases that live find their connections broken.
  [[nodiscard]] Task<void> stop();

  /// stop, for good: later calls of acquire fail.
  [[nodiscard]] Task<void> close();

  /// Forgets past failures, so that the next acquire tries at once: for an explicit wish to load.
  void reset();

  /// Calls `tell` with the reason each time that a process is started after one that failed.
  void on_restart(std::function<void(const std::string& why)> tell);

  /// Other limits from now on: `load` of later starts, `silence` of later leases.
  void set_limits(Duration load, Duration silence);

  [[nodiscard]] WorkerStatus status() const;

  /// Where its ready process listens, for a look at it that is no use of it; nothing when it has
  /// none.
  [[nodiscard]] std::optional<net::Endpoint> endpoint() const;

  /// The last `count` lines that its processes printed, made safe for a terminal; lines that begin
  /// with "llf: " are ours.
  [[nodiscard]] std::vector<std::string> log_tail(std::size_t count) const;
  /// For followers: the number of the newest line (from 1; 0: none), the kept lines above a number,
  /// and a wait for a line above it. Errors: cancelled.
  [[nodiscard]] std::uint64_t log_newest() const;
  [[nodiscard]] std::vector<std::string> log_since(std::uint64_t number) const;
  [[nodiscard]] Task<Expected<void>> log_beyond(std::uint64_t number);

 private:
  std::shared_ptr<WorkerCore> core_;  ///< shared with leases
};

}  // namespace llf::worker
