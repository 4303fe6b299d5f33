#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/event.hpp"
#include "net/loop.hpp"
#include "net/task_group.hpp"
#include "os/process_facts.hpp"
#include "worker/engine_process.hpp"
#include "worker/liveness.hpp"
#include "worker/log_file.hpp"
#include "worker/log_ring.hpp"
#include "worker/ready_line.hpp"
#include "worker/worker.hpp"
#include "worker/worker_fsm.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace llf::worker {

/// One process from its start to its end, as those who used it remember it.
struct ProcessRecord {
  Generation generation = 0;
  std::uint64_t lines_before = 0;  ///< number of the last line that is not its own
  bool was_ready = false;
  std::uint64_t oom_kills = os::oom_kills();  ///< when it was started
  net::Event ended;
  std::optional<Error> why;  ///< set before `ended`, and as soon as it is known
};

class WorkerCore;

/// What a lease refers to. Registers itself with its worker as long as it lives.
struct LeaseState {
  LeaseState(std::shared_ptr<WorkerCore> core, net::Endpoint endpoint,
             std::shared_ptr<ProcessRecord> record, const LivenessPolicy& policy);
  LeaseState(const LeaseState&) = delete;
  LeaseState& operator=(const LeaseState&) = delete;
  ~LeaseState();

  std::shared_ptr<WorkerCore> core;
  net::Endpoint endpoint;
  std::shared_ptr<ProcessRecord> record;
  Liveness liveness;
  enum class Waits : std::uint8_t { for_engine, for_client } waits = Waits::for_engine;
};

/// The hands of WorkerFsm: tells it what happens, does what it says. Behind Worker, which see.
class WorkerCore : public std::enable_shared_from_this<WorkerCore> {
 public:
  WorkerCore(net::Loop& loop, WorkerConfig config);

  /// Waits until it is ready; a null pointer never comes with a success.
  [[nodiscard]] Task<Expected<std::unique_ptr<LeaseState>>> acquire();
  [[nodiscard]] Task<void> stop();
  [[nodiscard]] Task<void> close();
  void reset();
  void on_restart(std::function<void(const std::string& why)> tell) {
    on_restart_ = std::move(tell);
  }
  void set_limits(Duration load, Duration silence);
  [[nodiscard]] WorkerStatus status() const;
  [[nodiscard]] std::optional<net::Endpoint> endpoint() const;
  [[nodiscard]] const LogRing& ring() const { return ring_; }
  [[nodiscard]] net::Event& log_changed() { return log_changed_; }

  void add_lease(LeaseState& lease);
  void remove_lease(LeaseState& lease);
  [[nodiscard]] std::size_t queue_position(const LeaseState& lease) const;

 private:
  struct Waiter {
    net::Event answered;
    std::unique_ptr<LeaseState> lease;
    std::optional<Error> error;
  };

  void apply(const Actions& actions);
  void carry_out(const action::Spawn& spawn);
  void carry_out(const action::CheckHealth& check);
  void carry_out(const action::SendSignal& sent);
  void carry_out(const action::Answer& answer);
  void count_restart() {
    ++restarts_;
    if (on_restart_) on_restart_(last_error_ ? last_error_->message : "");
  }
  [[nodiscard]] Error error_of(Outcome outcome) const;
  void note_failure(Error error);

  [[nodiscard]] Task<void> watch_time();
  [[nodiscard]] Task<void> run_process(std::shared_ptr<ProcessRecord> record);
  [[nodiscard]] Task<Expected<std::vector<std::string>>> engine_arguments(std::string socket);
  [[nodiscard]] Task<Expected<void>> start_process(Generation generation);
  [[nodiscard]] Task<void> check_health(Generation generation);
  [[nodiscard]] Task<void> watch_leases();
  [[nodiscard]] bool is_stalled();

  void on_line(Generation generation, std::string_view line);
  void note(std::string_view line);
  void add_line(std::string line);
  void flush_log();
  [[nodiscard]] std::vector<std::string> last_lines(const ProcessRecord& record) const;
  struct Sample {
    MonoTime at;
    pid_t pid = 0;
    ByteSize rss;
    ByteSize gpu;
  };
  [[nodiscard]] const Sample& sample() const;

  net::Loop& loop_;
  WorkerConfig config_;
  WorkerFsm fsm_;
  net::TaskGroup tasks_;
  net::Event deadline_changed_;
  std::mt19937 random_;
  enum class Mode : std::uint8_t { open, closed } mode_ = Mode::open;

  std::map<WaiterId, Waiter*> waiters_;
  WaiterId last_waiter_ = 0;
  std::vector<LeaseState*> leases_;  ///< in the order in which they were given
  bool leases_watched_ = false;

  std::shared_ptr<ProcessRecord> record_;   ///< of the present or last process
  std::unique_ptr<EngineProcess> process_;  ///< none while its start is prepared
  ReadyLine ready_line_;
  std::optional<Error> last_error_;  ///< of the last failure
  bool failed_ = false;              ///< since the last start
  std::size_t restarts_ = 0;
  std::function<void(const std::string& why)> on_restart_;
  MonoTime since_;
  MonoTime last_used_;

  LogRing ring_;
  LogFile log_file_;
  bool flush_posted_ = false;
  net::Event log_changed_;

  mutable Sample sample_;
};

}  // namespace llf::worker
