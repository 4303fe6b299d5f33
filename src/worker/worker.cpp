#include "worker/worker.hpp"

#include "net/timer.hpp"
#include "worker/worker_core.hpp"

#include <utility>

namespace llf::worker {

Lease::Lease(std::unique_ptr<LeaseState> state) : state_(std::move(state)) {}
Lease::Lease(Lease&& other) noexcept = default;
Lease::~Lease() = default;

const net::Endpoint& Lease::endpoint() const {
  return state_->endpoint;
}

void Lease::note_progress() {
  state_->waits = LeaseState::Waits::for_engine;
  state_->liveness.bytes_seen();
}

void Lease::note_client_waits() {
  state_->waits = LeaseState::Waits::for_client;
}

std::size_t Lease::queue_position() const {
  return state_->core->queue_position(*state_);
}

Task<std::optional<Error>> Lease::ended_within(Duration limit) {
  const auto record = state_->record;
  static_cast<void>(
      co_await net::with_deadline(record->ended.wait(), limit, "the end of the engine"));
  co_return record->why;
}

Worker::Worker(net::Loop& loop, WorkerConfig config)
    : core_(std::make_shared<WorkerCore>(loop, std::move(config))) {}

Worker::~Worker() = default;

Task<Expected<Lease>> Worker::acquire() {
  const auto core = core_;
  auto state = co_await core->acquire();
  if (!state) co_return failure(state.error());
  co_return Lease(*std::move(state));
}

Task<void> Worker::stop() {
  const auto core = core_;
  co_await core->stop();
}

Task<void> Worker::close() {
  const auto core = core_;
  co_await core->close();
}

void Worker::reset() {
  core_->reset();
}

void Worker::on_restart(std::function<void(const std::string& why)> tell) {
  core_->on_restart(std::move(tell));
}

void Worker::set_limits(Duration load, Duration silence) {
  core_->set_limits(load, silence);
}

std::optional<net::Endpoint> Worker::endpoint() const {
  return core_->endpoint();
}

WorkerStatus Worker::status() const {
  return core_->status();
}

std::vector<std::string> Worker::log_tail(std::size_t count) const {
  return core_->ring().tail(count);
}

std::uint64_t Worker::log_newest() const {
  return core_->ring().newest();
}

std::vector<std::string> Worker::log_since(std::uint64_t number) const {
  return core_->ring().since(number);
}

Task<Expected<void>> Worker::log_beyond(std::uint64_t number) {
  const auto core = core_;
  while (core->ring().newest() <= number) {
    if (auto changed = co_await core->log_changed().wait(); !changed) co_return changed;
  }
  co_return Expected<void>();
}

}  // namespace llf::worker
