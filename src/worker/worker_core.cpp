#include "worker/worker_core.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "log/log.hpp"
#include "net/timer.hpp"
#include "os/paths.hpp"
#include "worker/messages.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <utility>

namespace llf::worker {
namespace {

Task<Expected<int>> health_status(net::Endpoint endpoint) {
  const auto answer = co_await net::request(std::move(endpoint), {.target = "/health"});
  co_return answer ? Expected<int>(answer->status()) : failure(answer.error());
}

std::int64_t milliseconds(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

LeaseState::LeaseState(std::shared_ptr<WorkerCore> c, net::Endpoint e,
                       std::shared_ptr<ProcessRecord> r, const LivenessPolicy& policy)
    : core(std::move(c)),
      endpoint(std::move(e)),
      record(std::move(r)),
      liveness(policy, mono_now()) {
  core->add_lease(*this);
}

LeaseState::~LeaseState() {
  core->remove_lease(*this);
}

WorkerCore::WorkerCore(net::Loop& loop, WorkerConfig config)
    : loop_(loop),
      config_(std::move(config)),
      fsm_(config_.policy),
      tasks_(loop, "worker " + config_.model),
      random_(std::random_device{}()),
      log_file_(config_.log_dir / log_file_name(config_.model)) {
  if (config_.plan.alias.empty()) config_.plan.alias = config_.model;
  tasks_.spawn(watch_time());
}

Task<Expected<std::unique_ptr<LeaseState>>> WorkerCore::acquire() {
  if (mode_ == Mode::closed) co_return failure(stopped_meanwhile(config_.model));
  const auto id = ++last_waiter_;
  Waiter waiter;
  waiters_.emplace(id, &waiter);
  apply(fsm_.wait(id, mono_now()));
  const auto waited = co_await waiter.answered.wait();
  waiters_.erase(id);
  if (!waited) {
    fsm_.leave(id);
    co_return failure(waited.error());
  }
  if (waiter.error) co_return failure(*std::move(waiter.error));
  co_return std::move(waiter.lease);
}

Task<void> WorkerCore::stop() {
  failed_ = false;
  apply(fsm_.stop(mono_now()));
  const auto record = record_;
  if (!fsm_.has_process()) co_return;
  // A process that hangs in the kernel is left to itself in the end.
  static_cast<void>(co_await net::with_deadline(
      record->ended.wait(), config_.policy.term_limit + config_.policy.kill_limit, "the engine"));
}

Task<void> WorkerCore::close() {
  mode_ = Mode::closed;
  co_await stop();
  tasks_.cancel();
  co_await tasks_.join();
}

void WorkerCore::reset() {
  apply(fsm_.reset(mono_now()));
}

void WorkerCore::apply(const Actions& actions) {
  for (const auto& each : actions) {
    std::visit([this](const auto& one) { carry_out(one); }, each);
  }
  deadline_changed_.set();
}

void WorkerCore::carry_out(const action::Spawn& spawn) {
  if (std::exchange(failed_, false)) count_restart();
  record_ = std::make_shared<ProcessRecord>();
  record_->generation = spawn.generation;
  record_->lines_before = ring_.newest();
  ready_line_ = ReadyLine();
  since_ = mono_now();
  tasks_.spawn(run_process(record_));
}

void WorkerCore::carry_out(const action::CheckHealth& check) {
  tasks_.spawn(check_health(check.generation));
}

void WorkerCore::carry_out(const action::SendSignal& sent) {
  if (!record_->why) {
    record_->why = record_->was_ready ? unloaded(config_.model) : stopped_meanwhile(config_.model);
  }
  // Without a process its start is still being prepared; run_process sees that it is not wanted.
  if (!process_) return;
  const bool term = sent.signal == action::Signal::term;
  note(term ? "ending the engine" : "killing the engine");
  process_->send_signal(term ? SIGTERM : SIGKILL);
}

void WorkerCore::carry_out(const action::Answer& answer) {
  const auto at = waiters_.find(answer.waiter);
  LLF_ASSERT(at != waiters_.end());
  auto& waiter = *at->second;
  if (answer.outcome == Outcome::ready) {
    waiter.lease = std::make_unique<LeaseState>(shared_from_this(), process_->endpoint(), record_,
                                                config_.liveness);
  } else {
    waiter.error = error_of(answer.outcome);
  }
  waiter.answered.set();
}

Error WorkerCore::error_of(Outcome outcome) const {
  switch (outcome) {
    case Outcome::stopped:
      return stopped_meanwhile(config_.model);
    case Outcome::circuit_open: {
      const auto now = mono_now();
      const auto left = fsm_.failures().open_until(now).value_or(now) - now;
      return circuit_open(config_.model, left, last_error_ ? last_error_->message : "");
    }
    case Outcome::stuck:
      return cannot_be_killed(config_.model, process_ ? process_->pid() : 0);
    case Outcome::spawn_failed:
    case Outcome::load_failed:
    case Outcome::load_timed_out:
    case Outcome::ready:
      break;
  }
  return last_error_.value();
}

void WorkerCore::note_failure(Error error) {
  // The engine's own words are in its log.
  log::warn("worker", "{}", error.message.substr(0, error.message.find('\n')));
  failed_ = true;
  record_->why = error;
  last_error_ = std::move(error);
}

Task<void> WorkerCore::watch_time() {
  for (;;) {
    deadline_changed_.reset();
    const auto deadline = fsm_.deadline();
    const auto left = deadline ? std::max(Duration::zero(), *deadline - mono_now()) : net::kNoLimit;
    const auto changed = co_await net::with_deadline(deadline_changed_.wait(), left, "a deadline");
    if (changed) continue;
    if (changed.error().kind != ErrorKind::timeout) co_return;
    const bool loading = fsm_.state() == WorkerState::starting;
    const auto actions = fsm_.tick(mono_now());
    if (loading && fsm_.state() == WorkerState::stopping) {
      note_failure(load_timed_out(config_.model, config_.policy.load_limit, last_lines(*record_)));
    }
    apply(actions);
  }
}

Task<void> WorkerCore::run_process(std::shared_ptr<ProcessRecord> record) {
  const auto generation = record->generation;
  if (const auto started = co_await start_process(generation); !started) {
    if (fsm_.state() == WorkerState::starting) {
      note_failure(started.error().with_context("loading " + config_.model));
    }
    record->ended.set();
    apply(fsm_.spawn_failed(generation, mono_now()));
    co_return;
  }
  const auto status =
      co_await process_->run([this, generation](auto line) { on_line(generation, line); });
  const auto phase = fsm_.state() == WorkerState::starting ? Phase::loading : Phase::serving;
  if (status) {
    note(fmt::format("the engine ended with {}", os::to_string(*status)));
    if (!record->why) {
      const bool starved = status->value == SIGKILL && os::oom_kills() > record->oom_kills;
      note_failure(starved ? out_of_memory(config_.model, phase)
                           : process_ended(config_.model, phase, *status, last_lines(*record)));
    }
  } else if (!record->why) {
    note_failure(not_watched(config_.model));
  }
  process_.reset();
  record->ended.set();
  apply(fsm_.exited(generation, mono_now()));
}

Task<Expected<std::vector<std::string>>> WorkerCore::engine_arguments(std::string socket) {
  const auto engine = find_engine(config_.engine);
  if (!engine) co_return failure(engine.error());
  const auto abilities = co_await probe_engine(loop_, engine->path, config_.engine.cache_dir);
  if (!abilities) co_return failure(abilities.error());
  auto plan = config_.plan;
  plan.engine = engine->path;
  co_return command_line(plan, *abilities, socket);
}

Task<Expected<void>> WorkerCore::start_process(Generation generation) {
  if (config_.check_model) {
    const auto traits = co_await config_.check_model();
    // Unless its file is gone, the cause lies in this machine and not in anybody's request.
    if (!traits && traits.error().kind == ErrorKind::not_found) co_return failure(traits.error());
    if (!traits) co_return failure(ErrorKind::unavailable, traits.error().message);
    adapt(config_.plan, *traits);
  }
  const auto socket = socket_name(static_cast<std::uint32_t>(random_()));
  const auto arguments = co_await engine_arguments(socket);
  if (!arguments) co_return failure(ErrorKind::unavailable, arguments.error().message);
  if (fsm_.generation() != generation || fsm_.state() != WorkerState::starting) {
    co_return failure(stopped_meanwhile(config_.model));
  }
  auto process = EngineProcess::start(loop_, {.argv = *arguments,
                                              .env = engine_environment(os::environment()),
                                              .run_dir = config_.run_dir,
                                              .socket_name = socket,
                                              .journal = config_.journal});
  if (!process) co_return failure(ErrorKind::unavailable, process.error().message);
  process_ = *std::move(process);
  note(fmt::format("process {}: {}", process_->pid(), fmt::join(*arguments, " ")));
  log::info("worker", "{}: process {} loads {}", config_.model, process_->pid(),
            config_.plan.model.native());
  co_return Expected<void>();
}

Task<void> WorkerCore::check_health(Generation generation) {
  auto health = WorkerFsm::Health::not_yet;
  if (process_ && fsm_.generation() == generation) {
    const auto status = co_await net::with_deadline(health_status(process_->endpoint()),
                                                    limits::kHealthTimeout, "/health");
    constexpr int kOk = 200;
    if (status && *status == kOk) health = WorkerFsm::Health::ok;
  }
  const auto before = fsm_.state();
  const auto actions = fsm_.health(generation, health, mono_now());
  if (before == WorkerState::starting && fsm_.state() == WorkerState::ready) {
    const auto took = milliseconds(mono_now() - since_);
    note(fmt::format("ready after {} ms", took));
    log::info("worker", "{}: ready after {} ms", config_.model, took);
    since_ = last_used_ = mono_now();
    record_->was_ready = true;
  }
  apply(actions);
}

void WorkerCore::add_lease(LeaseState& lease) {
  leases_.push_back(&lease);
  if (std::exchange(leases_watched_, true)) return;
  tasks_.spawn(watch_leases());
}

void WorkerCore::remove_lease(LeaseState& lease) {
  std::erase(leases_, &lease);
  if (leases_.empty()) last_used_ = mono_now();
}

std::size_t WorkerCore::queue_position(const LeaseState& lease) const {
  if (lease.liveness.answer_began()) return 0;
  std::size_t place = 1;
  for (const auto* other : leases_) {
    if (other == &lease) break;
    if (other->record == lease.record) ++place;
  }
  return place > config_.plan.slots ? place - config_.plan.slots : 0;
}

Task<void> WorkerCore::watch_leases() {
  while (!leases_.empty()) {
    if (!co_await net::sleep_for(config_.liveness.interval)) break;
    if (fsm_.state() != WorkerState::ready || !is_stalled()) continue;
    note_failure(stalled(config_.model, config_.liveness.silence_limit));
    apply(fsm_.stalled(fsm_.generation(), mono_now()));
  }
  leases_watched_ = false;
}

// One request without progress may wait while the engine works through a prompt: it hangs when
// nothing moves. Requests whose clients take their time say nothing about it, neither way.
bool WorkerCore::is_stalled() {
  const auto cpu_time = os::tree_cpu_time(process_->pid());
  if (!cpu_time) return false;
  const auto now = mono_now();
  bool any = false;
  bool all = true;
  for (auto* lease : leases_) {
    if (lease->record != record_) continue;  // of a process that is gone
    const auto verdict = lease->liveness.look(*cpu_time, now);
    if (lease->waits == LeaseState::Waits::for_client) continue;
    any = true;
    all = all && verdict == Liveness::Verdict::stalled;
  }
  return any && all;
}

void WorkerCore::on_line(Generation generation, std::string_view line) {
  add_line(log::sanitize(line));
  if (ready_line_.see(line)) apply(fsm_.ready_line(generation));
}

void WorkerCore::note(std::string_view line) {
  add_line(fmt::format("llf: {}", log::sanitize(line)));
}

void WorkerCore::add_line(std::string line) {
  log_file_.add(line);
  if (!std::exchange(flush_posted_, true)) {
    loop_.post([weak = weak_from_this()] {
      if (const auto core = weak.lock()) core->flush_log();
    });
  }
  ring_.add(std::move(line));
  log_changed_.set();
  log_changed_.reset();
}

// Once for all lines of one turn of the loop.
void WorkerCore::flush_log() {
  flush_posted_ = false;
  log_file_.flush();
}

std::vector<std::string> WorkerCore::last_lines(const ProcessRecord& record) const {
  auto lines = ring_.since(record.lines_before);
  std::erase_if(lines, [](std::string_view line) { return line.starts_with("llf: "); });
  if (lines.size() > limits::kErrorLogLines) {
    lines.erase(lines.begin(), lines.end() - std::ptrdiff_t{limits::kErrorLogLines});
  }
  return lines;
}

const WorkerCore::Sample& WorkerCore::sample() const {
  const auto now = mono_now();
  const auto pid = process_ ? process_->pid() : 0;
  if (sample_.pid != pid || now - sample_.at >= limits::kProgressInterval) {
    sample_ = {.at = now, .pid = pid, .rss = os::tree_rss(pid).value_or(ByteSize()), .gpu = {}};
    if (pid != 0 && config_.gpu_memory) sample_.gpu = config_.gpu_memory(pid);
  }
  return sample_;
}

void WorkerCore::set_limits(Duration load, Duration silence) {
  config_.policy.load_limit = load;
  config_.liveness.silence_limit = silence;
  fsm_.set_load_limit(load);
}

std::optional<net::Endpoint> WorkerCore::endpoint() const {
  return fsm_.state() == WorkerState::ready ? std::optional(process_->endpoint()) : std::nullopt;
}

WorkerStatus WorkerCore::status() const {
  const auto now = mono_now();
  WorkerStatus status;
  status.model = config_.model;
  status.state = fsm_.state();
  status.pid = process_ ? process_->pid() : 0;
  status.rss = sample().rss;
  status.gpu = sample().gpu;
  status.size = config_.size;
  status.context = config_.plan.context;
  status.slots = config_.plan.slots;
  status.active = std::min<std::size_t>(leases_.size(), config_.plan.slots);
  status.queued = leases_.size() - status.active;
  status.waiting = fsm_.waiting();
  if (status.state == WorkerState::starting && config_.size > ByteSize()) {
    const auto loaded = static_cast<double>((status.rss + status.gpu).bytes());
    status.progress = std::min(loaded / static_cast<double>(config_.size.bytes()), 1.0);
  }
  if (fsm_.has_process()) status.uptime = now - since_;
  status.last_used = last_used_;
  if (leases_.empty() && last_used_ != MonoTime()) status.idle = now - last_used_;
  status.restarts = restarts_;
  const bool fine = status.state == WorkerState::ready || status.state == WorkerState::stopped;
  if (!fine && last_error_) status.error = last_error_->message;
  return status;
}

}  // namespace llf::worker
