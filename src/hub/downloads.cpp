#include "hub/downloads.hpp"

#include "base/limits.hpp"
#include "hub/download_list.hpp"
#include "hub/part_file.hpp"
#include "hub/part_removal.hpp"
#include "log/log.hpp"
#include "net/timer.hpp"
#include "os/process_facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

namespace llf::hub {
namespace {

using State = DownloadStatus::State;

}  // namespace

std::string_view to_string(State state) {
  switch (state) {
    case State::queued:
      return "queued";
    case State::running:
      return "running";
    case State::stopped:
      return "stopped";
    case State::interrupted:
      return "interrupted";
    case State::failed:
      return "failed";
    case State::done:
      return "done";
  }
  return "failed";
}

struct Downloads::Handle::Entry {
  DownloadStatus status;
  DownloadPlan plan;
  After after;
  std::stop_source stop;
  Remains remains = Remains::keep;
  bool discarding = false;  ///< what has come of it is being removed
  bool cut = false;         ///< stopped by the end of the daemon
  std::uint64_t version = 0;
  net::Event changed;  ///< pulses with each version
  MonoTime rated{};
  std::uint64_t rated_at = 0;

  void pulse() {
    ++version;
    changed.set();
    changed.reset();
  }

  void take(const DownloadProgress& progress) {
    status.progress = progress;
    const auto now = mono_now();
    if (rated == MonoTime{}) {
      rated = now;
      rated_at = progress.done;
    } else if (now - rated >= limits::kRateStep) {
      const auto seconds = std::chrono::duration<double>(now - rated).count();
      const auto newest =
          static_cast<double>(progress.done - std::min(rated_at, progress.done)) / seconds;
      status.rate = status.rate == 0
                        ? newest
                        : status.rate * (1 - limits::kRateNewest) + newest * limits::kRateNewest;
      if (status.rate < limits::kRateLeast) status.rate = 0;
      rated = now;
      rated_at = progress.done;
    }
    pulse();
  }

  [[nodiscard]] bool active() const {
    return status.state == State::queued || status.state == State::running;
  }

  /// Whether it is about to be none.
  [[nodiscard]] bool leaving() const { return discarding || (active() && stop.stop_requested()); }

  /// Whether it wants its files, now or when somebody goes on with it.
  [[nodiscard]] bool wants_files() const {
    const bool goes = remains == Remains::discard && leaving();
    return status.state != State::done && !goes;
  }
};

const DownloadStatus& Downloads::Handle::status() const {
  return entry_->status;
}

const DownloadPlan& Downloads::Handle::plan() const {
  return entry_->plan;
}

bool Downloads::Handle::active() const {
  return entry_->active();
}

std::uint64_t Downloads::Handle::version() const {
  return entry_->version;
}

Task<Expected<void>> Downloads::Handle::changed(std::uint64_t since) const {
  const auto entry = entry_;
  if (entry->version != since) co_return Expected<void>();
  co_return co_await entry->changed.wait();
}

std::vector<Downloads::Thread> Downloads::make_threads(net::Loop& loop, std::size_t count) {
  std::vector<Thread> threads(count);
  for (auto& one : threads) one.thread = std::make_unique<net::BlockingThread>(loop);
  return threads;
}

Downloads::Downloads(net::Loop& loop, Options options)
    : loop_(loop),
      options_(std::move(options)),
      asking_(make_threads(loop, limits::kAskers)),
      fetching_(make_threads(loop, limits::kTransfers)),
      tasks_(loop, "downloads") {
  load();
}

Downloads::~Downloads() {
  for (const auto& entry : entries_) entry->stop.request_stop();
}

/// What it comes to is seen in the model's details; that it is not known is no failure.
Task<void> Downloads::compare_template(Endpoint endpoint, store::RepositoryName repository) {
  static_cast<void>(co_await learn_base(std::move(endpoint), std::move(repository)));
}

std::shared_ptr<Downloads::Entry> Downloads::find(std::string_view model) const {
  const auto at =
      std::ranges::find(entries_, model, [](const auto& entry) { return entry->status.model; });
  return at == entries_.end() ? nullptr : *at;
}

Expected<Downloads::Handle> Downloads::follow(std::string_view model) const {
  if (auto known = find(model)) return Handle(std::move(known));
  return failure(ErrorKind::not_found, fmt::format("no download of '{}' is known", model));
}

/// Errors: as of start.
Expected<void> Downloads::check(const DownloadPlan& plan) const {
  const auto known = find(plan.model);
  if (!known || !known->active() || known->leaving()) return {};
  const bool same = known->plan.is_same(plan);
  if (same && plan.repairs() && !known->plan.repairs()) {
    return failure(ErrorKind::conflict,
                   fmt::format("{} is being downloaded: repair it when that has ended, or stop it "
                               "with `llf model downloads --stop`",
                               plan.model));
  }
  if (same) return {};
  return failure(ErrorKind::conflict,
                 fmt::format("{} is being downloaded of another revision or address: wait for "
                             "that, or stop it with `llf model downloads --stop`",
                             plan.model));
}

/// The places of an entry's files that no other one wants.
std::vector<std::filesystem::path> Downloads::only_of(const Entry& entry) const {
  auto places = entry.plan.places();
  for (const auto& other : entries_) {
    if (other.get() == &entry || !other->wants_files()) continue;
    for (const auto& file : other->plan.files) std::erase(places, file.place);
  }
  return places;
}

Expected<Downloads::Handle> Downloads::start(DownloadPlan plan, After after) {
  if (auto checked = check(plan); !checked) return failure(checked.error());
  auto known = find(plan.model);
  if (known && known->active() && !known->leaving()) {
    if (after) known->after = std::move(after);
    return Handle(known);
  }
  Before before;
  if (known) {
    before.obsolete = only_of(*known);
    for (const auto& file : plan.files) std::erase(before.obsolete, file.place);
    std::erase(entries_, known);
    if (known->leaving()) before.ending = std::move(known);
  }
  auto entry = std::make_shared<Entry>();
  entry->status.model = plan.model;
  entry->status.progress.size = plan.size().bytes();
  entry->plan = std::move(plan);
  entry->after = std::move(after);
  entries_.push_back(entry);
  forget_old();
  save();
  tasks_.spawn(run(entry, std::move(before)));
  return Handle(entry);
}

Task<void> Downloads::run(std::shared_ptr<Entry> entry, Before before) {
  while (before.ending && before.ending->leaving()) {
    if (!co_await before.ending->changed.wait()) co_return;
  }
  const auto is_free = [](const Thread& one) { return one.works == 0; };
  auto thread = std::ranges::find_if(fetching_, is_free);
  while (thread == fetching_.end() && !entry->stop.stop_requested()) {
    const auto either = co_await net::race(freed_.wait(), entry->changed.wait());
    if (!either.first && !either.second) co_return;
    thread = std::ranges::find_if(fetching_, is_free);
  }
  Expected<void> result = failure(ErrorKind::cancelled, "stopped");
  if (!entry->stop.stop_requested()) {
    ++thread->works;
    entry->status.state = State::running;
    entry->pulse();
    log::info("hub", "downloading {}", entry->status.model);
    const auto keep_limit = [speed = speed_, limit = options_.speed_limit] {
      if (limit) speed->set(limit());
    };
    keep_limit();
    result = co_await thread->thread->run(
        [plan = entry->plan, places = options_.places, stop = entry->stop.get_token(),
         speed = speed_, keep_limit, &loop = loop_, obsolete = std::move(before.obsolete),
         weak = std::weak_ptr(entry)]() -> Expected<void> {
          for (const auto& place : obsolete) remove_part(place);
          return carry_out(plan, {.places = places,
                                  .speed = speed.get(),
                                  .report =
                                      [&](const DownloadProgress& progress) {
                                        loop.post([weak, keep_limit, progress] {
                                          const auto one = weak.lock();
                                          if (!one) return;
                                          one->take(progress);
                                          keep_limit();  // the setting may have changed
                                        });
                                      },
                                  .stop = stop});
        });
    --thread->works;
    freed_.set();
    freed_.reset();
  }
  co_await finish(entry, result);
}

Task<void> Downloads::finish(std::shared_ptr<Entry> entry, Expected<void> result) {
  auto& status = entry->status;
  status.rate = 0;
  if (result) {
    if (entry->after) co_await entry->after();
    status.state = State::done;
    log::info("hub", "{} is downloaded", status.model);
    if (!entry->plan.base_model.empty()) {
      tasks_.spawn(
          compare_template(entry->plan.origins.front().front().endpoint, *entry->plan.repository));
    }
  } else if (result.error().kind == ErrorKind::cancelled) {
    if (entry->remains == Remains::discard) co_await discard(entry);
    status.state = entry->cut ? State::interrupted : State::stopped;
  } else {
    status.state = State::failed;
    status.error = result.error();
    log::warn("hub", "downloading {}: {}", status.model, status.error.message);
  }
  save();
  entry->pulse();
}

/// Removes what has come. The files may be large, which takes a disk a while.
Task<void> Downloads::discard(std::shared_ptr<Entry> entry) {
  entry->discarding = true;
  static_cast<void>(
      co_await ask([places = only_of(*entry)](const std::stop_token&) -> Expected<void> {
        for (const auto& place : places) remove_part(place);
        return {};
      }));
  entry->discarding = false;
  std::erase(entries_, entry);
  save();
  entry->pulse();
}

Expected<void> Downloads::stop(std::string_view model, Remains remains) {
  std::vector<std::string> names;
  for (const auto& entry : entries_) {
    if (entry->status.state != State::done) names.push_back(entry->status.model);
  }
  auto entry = find(model);
  if (!entry) {
    const auto meant = match_download(names, model);
    if (!meant) return failure(meant.error());
    entry = find(*meant);
  }
  if (entry->status.state == State::done && remains == Remains::keep) {
    return failure(ErrorKind::conflict,
                   fmt::format("{0} is downloaded already, there is nothing to stop: `llf model "
                               "remove {0}` removes it",
                               entry->status.model));
  }
  entry->remains = remains;
  if (entry->active()) {
    entry->stop.request_stop();
    entry->pulse();  // one that queues ends at once
  } else if (remains == Remains::discard) {
    tasks_.spawn(discard(entry));
  }
  return {};
}

std::vector<DownloadStatus> Downloads::list() const {
  std::vector<DownloadStatus> all;
  all.reserve(entries_.size());
  for (const auto& entry : entries_) all.push_back(entry->status);
  return all;
}

std::set<std::filesystem::path> Downloads::targets() const {
  std::set<std::filesystem::path> all;
  for (const auto& entry : entries_) {
    if (entry->status.state == State::done) continue;
    for (const auto& file : entry->plan.files) all.insert(file.place);
  }
  return all;
}

std::string Downloads::fetches(const std::filesystem::path& place) const {
  for (const auto& entry : entries_) {
    const auto places = entry->plan.places();
    const bool has = std::ranges::find(places, place) != places.end();
    if (has && entry->active()) return entry->status.model;
  }
  return {};
}

std::size_t Downloads::active() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(entries_, [](const auto& entry) { return entry->active(); }));
}

Task<void> Downloads::end() {
  for (const auto& entry : entries_) {
    entry->cut = !entry->stop.stop_requested();
    entry->stop.request_stop();
    entry->pulse();
  }
  co_await tasks_.join();
}

/// Of those that have ended only the newest are kept.
void Downloads::forget_old() {
  while (entries_.size() > limits::kDownloadsKept) {
    const auto oldest =
        std::ranges::find_if(entries_, [](const auto& entry) { return !entry->active(); });
    if (oldest == entries_.end()) return;
    entries_.erase(oldest);
  }
}

/// Those that have not ended, with what has to go when they are discarded.
void Downloads::save() const {
  std::vector<ListedDownload> list;
  for (const auto& entry : entries_) {
    if (entry->status.state == State::done) continue;
    list.push_back({.model = entry->status.model,
                    .size = entry->status.progress.size,
                    .places = entry->plan.places(),
                    .state = std::string(to_string(entry->status.state)),
                    .error = entry->status.error.message});
  }
  save_download_list(options_.journal, list);
}

void Downloads::load() {
  const auto boot = os::boot_id().value_or("");
  for (auto& one : load_download_list(options_.journal)) {
    auto entry = std::make_shared<Entry>();
    entry->status.model = std::move(one.model);
    entry->status.state = State::interrupted;
    for (const auto state : {State::stopped, State::failed}) {
      if (one.state == to_string(state)) entry->status.state = state;
    }
    entry->status.error = {.kind = ErrorKind::upstream, .message = std::move(one.error)};
    entry->status.progress.size = one.size;
    for (auto& place : one.places) {
      entry->status.progress.done += PartFile::look(place, boot);
      entry->plan.files.push_back({.path = {}, .place = std::move(place)});
    }
    entries_.push_back(std::move(entry));
  }
}

}  // namespace llf::hub
