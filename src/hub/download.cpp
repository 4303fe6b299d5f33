#include "hub/download.hpp"

#include "base/limits.hpp"
#include "gguf/facts.hpp"
#include "hub/content_check.hpp"
#include "hub/disk_room.hpp"
#include "hub/license.hpp"
#include "hub/part_file.hpp"
#include "hub/remote_header.hpp"
#include "hub/url_plan.hpp"
#include "log/log.hpp"
#include "os/atomic_file.hpp"
#include "os/file_lock.hpp"
#include "os/folders.hpp"
#include "os/process_facts.hpp"
#include "os/stale_files.hpp"
#include "store/digest_file.hpp"
#include "store/gguf_file.hpp"
#include "store/hub_cache.hpp"
#include "store/template_check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <system_error>
#include <utility>

namespace llf::hub {
namespace {

namespace fs = std::filesystem;

bool stands(const fs::path& place, ByteSize size) {
  std::error_code code;
  return fs::is_regular_file(place, code) && fs::file_size(place, code) == size.bytes() && !code;
}

store::CachedFile cached_file(const DownloadPlan& plan, const PlannedFile& file) {
  return {.repository = *plan.repository,
          .commit = plan.commit,
          .path = file.path,
          .sha256 = *file.sha256};
}

/// The same repository at each endpoint: the first one's commit is asked for everywhere.
std::vector<Origin> origins_of(const DownloadRequest& request, const Repository& repository,
                               const RemoteFile& file) {
  std::vector<Origin> origins{
      {.url = file_url(request.endpoint, repository, file), .endpoint = request.endpoint}};
  for (const auto& mirror : request.mirrors) {
    const Endpoint endpoint{.url = mirror, .token = {}};
    origins.push_back({.url = file_url(endpoint, repository, file), .endpoint = endpoint});
  }
  return origins;
}

Expected<DownloadPlan> plan_repository(const DownloadRequest& request,
                                       const ModelReference& reference,
                                       const DownloadPlaces& places, const std::stop_token& stop) {
  if (request.sha256) {
    return failure(ErrorKind::invalid,
                   "--sha256 is for a file of another server: a repository tells its own");
  }
  if (places.cache.empty()) {
    return failure(ErrorKind::invalid,
                   "there is no place for downloads: set HF_HUB_CACHE to a folder, or HOME");
  }
  auto connections = Connections::create();
  if (!connections) return failure(connections.error());
  const Session session{.connections = *connections, .endpoint = request.endpoint, .stop = stop};
  const auto repository = get_repository(session, *reference.repository, reference.revision);
  if (!repository) return failure(repository.error().with_context(reference.repository->str()));
  const auto choice = reference.wanted.empty() ? choose_fitting(session, *repository, request.fits)
                                               : choose(*repository, reference.wanted, {});
  if (!choice) return failure(choice.error());
  DownloadPlan plan{.model = fmt::format("{}:{}", repository->name.str(), choice->label),
                    .repository = repository->name,
                    .commit = repository->commit,
                    .branch = reference.revision.empty() ? "main" : "",
                    .license = repository->license,
                    .base_model = repository->base_model,
                    .others = {},
                    .files = {},
                    .origins = {}};
  for (const auto& other : choices_of(*repository)) {
    if (other.label != choice->label) {
      plan.others.push_back({.label = other.label, .size = other.size()});
    }
  }
  if (repository->gated && request.endpoint.token.empty()) {
    const auto url = file_url(request.endpoint, *repository, choice->files().front());
    plan.notice = gated_error(url, request.endpoint).message;
  }
  const store::HubCache cache(places.cache);
  for (const auto& file : choice->files()) {
    PlannedFile planned{.path = file.path, .size = file.size, .sha256 = file.sha256, .place = {}};
    planned.place = cache.blob(cached_file(plan, planned));
    // What has a part beside it is damaged: a repair of it has not ended.
    planned.present = stands(planned.place, planned.size) && !PartFile::exists(planned.place);
    plan.files.push_back(std::move(planned));
    plan.origins.push_back(origins_of(request, *repository, file));
  }
  return plan;
}

/// A plan while it is carried out.
class Job {
 public:
  Job(const DownloadPlan& plan, const DownloadRun& run)
      : plan_(plan), run_(run), cache_(run.places.cache), progress_{.size = plan.size().bytes()} {}

  /// Fetches a file, unless it is there.
  Expected<void> file(std::size_t index) { return plan_.repository ? cached(index) : own(index); }

  /// Tells what a person should look at before they use it (SEC-22).
  void note_template() {
    const auto header = store::read_gguf(plan_.files.front().place);
    if (!header) return;  // told by who loads it
    const auto parts = store::suspicious_parts(gguf::facts_of(*header).chat_template);
    if (parts.empty()) return;
    add_note(fmt::format("look at its chat template before you use it (llf model info {}): {}",
                         plan_.model, fmt::join(parts, "; ")));
    run_.report(progress_);
  }

  /// Shows all of it when all of it is there.
  Expected<void> show() const {
    for (const auto& file : plan_.files) {
      if (auto shown = cache_.show(cached_file(plan_, file)); !shown) return shown;
    }
    if (plan_.branch.empty()) return {};
    return cache_.set_ref(*plan_.repository, plan_.branch, plan_.commit);
  }

 private:
  /// A removal that ends meanwhile takes the folders of the repository away: then once more.
  Expected<void> cached(std::size_t index) {
    const auto file = cached_file(plan_, plan_.files[index]);
    for (int round = 1;; ++round) {
      auto done = try_cached(index, file);
      const bool gone = !done && done.error().kind == ErrorKind::not_found && !has_folders(file);
      if (!gone || round == limits::kTransferRounds) return done;
      locks_.erase(cache_.lock(file));
    }
  }

  [[nodiscard]] bool has_folders(const store::CachedFile& file) const {
    std::error_code code;
    return fs::exists(cache_.blob(file).parent_path(), code) &&
           fs::exists(cache_.lock(file).parent_path(), code);
  }

  Expected<void> try_cached(std::size_t index, const store::CachedFile& file) {
    if (auto prepared = cache_.prepare(file); !prepared) return prepared;
    // Held until all of it is shown: nobody may remove a content before its name is there.
    if (auto locked = lock(cache_.lock(file)); !locked) return locked;
    const auto& planned = plan_.files[index];
    // Another program may have been faster. What no name of its own vouches for is looked at: it
    // may have been damaged since, and is then fetched in its place.
    if (planned.damage || !stands(planned.place, planned.size)) return fetch(index);
    std::error_code code;
    if (PartFile::exists(planned.place) ||
        !fs::equivalent(cache_.snapshot(file), planned.place, code)) {
      const auto digest = hash_present(planned);
      if (!digest) return failure(digest.error());
      if (digest->sha256 != *planned.sha256) return fetch(index);
      store::save_marks(run_.places.marks, digest->sha256, digest->marks);
      PartFile::remove(planned.place);
    }
    already(planned);
    return {};
  }

  /// Waits until no other program, and no other download of ours, fetches the file.
  Expected<void> lock(const fs::path& path) {
    if (locks_.contains(path)) return {};
    for (;;) {
      auto lock = os::FileLock::acquire(path, limits::kCacheLock, os::LockUsers::everybody);
      if (lock) {
        progress_.trouble.clear();
        locks_.emplace(path, *std::move(lock));
        return {};
      }
      if (lock.error().kind != ErrorKind::timeout) return failure(lock.error());
      if (run_.stop.stop_requested()) return failure(ErrorKind::cancelled, "stopped");
      progress_.trouble = "waits for another download of the same file";
      run_.report(progress_);
    }
  }

  Expected<store::HashedFile> hash_present(const PlannedFile& file) {
    const auto before = progress_;
    return store::hash_file(file.place, [&](std::uint64_t done) {
      if (done - (progress_.verified - before.verified) >= limits::kSyncStep.bytes()) {
        progress_.verified = before.verified + done;
        run_.report(progress_);
      }
      return !run_.stop.stop_requested();
    });
  }

  Expected<void> own(std::size_t index) {
    const auto& file = plan_.files[index];
    if (auto made = os::make_folders(run_.places.folder); !made) return made;
    os::remove_stale_temporaries(run_.places.folder);
    if (!file.present) {
      const auto kept = store::kept_digest(file.place);
      std::error_code code;
      // What is kept of an earlier file of this name says nothing of this one.
      if (kept && kept->sha256 != file.sha256) fs::remove(store::digest_file_of(file.place), code);
      return fetch(index);
    }
    already(file);
    if (file.sha256) note_digest(index, *file.sha256);
    return os::sync_folder(run_.places.folder);  // an earlier try may have failed there
  }

  /// Of a file whose name does not say what it is: for who checks it later. What cannot be kept is
  /// only missed then.
  void note_digest(std::size_t index, const store::Digest& sha256) const {
    const auto source = plan_.origins[index].front().url.shown();
    const auto kept =
        store::keep_digest(plan_.files[index].place, {.sha256 = sha256, .source = source});
    if (!kept) log::warn("hub", "its SHA-256: {}", kept.error().message);
  }

  void already(const PlannedFile& file) {
    progress_.done += file.size.bytes();
    progress_.verified += file.size.bytes();
    run_.report(progress_);
  }

  /// Adds the file's progress to that of the files before.
  Expected<void> fetch(std::size_t index) {
    const auto& file = plan_.files[index];
    const auto before = progress_;
    const bool sized = file.size.bytes() != 0;
    FrontCheck front(plan_.origins[index], run_.stop);
    const TransferOrder order{
        .origins = plan_.origins[index],
        .place = file.place,
        .size = sized ? std::optional(file.size.bytes()) : std::nullopt,
        .sha256 = file.sha256,
        .marks = marks_of(file),
        .damage = file.damage,
        .speed = run_.speed,
        .sync_step = run_.sync_step,
        .check_front = [&front](const fs::path& part, std::uint64_t bytes,
                                std::uint64_t size) { return front.look(part, bytes, size); },
        .check = check_content};
    const auto done = transfer(
        order,
        [&](const TransferProgress& now) {
          progress_.done = before.done + now.done;
          progress_.verified = before.verified + now.verified;
          if (!sized) progress_.size = before.size + now.size;
          progress_.connections = now.connections;
          progress_.trouble = now.trouble;
          run_.report(progress_);
        },
        run_.stop);
    if (!done) return failure(done.error());
    store::save_marks(run_.places.marks, done->sha256, done->marks);
    if (!plan_.repository) note_digest(index, done->sha256);
    progress_.done = before.done + done->size;
    progress_.verified = progress_.done;
    progress_.size = std::max(progress_.size, progress_.done);
    progress_.connections = 0;
    progress_.trouble.clear();
    note_repair(file, *done);
    run_.report(progress_);
    return {};
  }

  [[nodiscard]] std::optional<store::HashMarks> marks_of(const PlannedFile& file) const {
    return file.sha256 ? store::load_marks(run_.places.marks, *file.sha256) : std::nullopt;
  }

  void add_note(const std::string& text) {
    progress_.note += (progress_.note.empty() ? "" : "; ") + text;
  }

  void note_repair(const PlannedFile& file, const Transferred& done) {
    for (const auto& range : done.repaired) {
      add_note(fmt::format("bytes {} to {} of {} had been damaged and came anew", range.begin,
                           range.end - 1, file.path));
    }
    for (const auto& url : done.blamed) add_note(fmt::format("{} sent them damaged", url.shown()));
  }

  const DownloadPlan& plan_;
  const DownloadRun& run_;
  store::HubCache cache_;
  DownloadProgress progress_;
  std::map<fs::path, os::FileLock> locks_;
};

}  // namespace

ByteSize DownloadPlan::size() const {
  std::uint64_t bytes = 0;
  for (const auto& file : files) bytes += file.size.bytes();
  return ByteSize(bytes);
}

ByteSize DownloadPlan::missing() const {
  std::uint64_t bytes = 0;
  for (const auto& file : files) bytes += file.present ? 0 : file.size.bytes() - file.here;
  return ByteSize(bytes);
}

std::vector<fs::path> DownloadPlan::places() const {
  std::vector<fs::path> all;
  all.reserve(files.size());
  for (const auto& file : files) all.push_back(file.place);
  return all;
}

bool DownloadPlan::repairs() const {
  return std::ranges::any_of(files,
                             [](const PlannedFile& file) { return file.damage.has_value(); });
}

bool DownloadPlan::is_same(const DownloadPlan& other) const {
  const bool same_url =
      repository || origins.front().front().url == other.origins.front().front().url;
  return commit == other.commit && same_url && places() == other.places();
}

Expected<DownloadPlan> plan_download(const DownloadRequest& request, const DownloadPlaces& places,
                                     const std::stop_token& stop) {
  const auto catalog = read_catalog(places.catalog);
  if (!catalog) return failure(catalog.error());
  const auto reference = read_reference(request.model, request.endpoint.url, *catalog);
  if (!reference) return failure(reference.error());
  if (request.endpoint.offline) {
    return failure(ErrorKind::unavailable, "HF_HUB_OFFLINE is set: nothing is downloaded");
  }
  auto plan = reference->url ? plan_url(request, *reference->url, places, stop)
                             : plan_repository(request, *reference, places, stop);
  if (!plan) return plan;
  for (auto& file : plan->files) {
    const auto here = PartFile::look(file.place, os::boot_id().value_or(""));
    file.here = std::min(here, file.size.bytes());
  }
  if (const auto room = check_plan_room(*plan); !room) plan->shortage = room.error().message;
  return plan;
}

Expected<gguf::Demand> inspect(const DownloadPlan& plan, const std::stop_token& stop) {
  auto connections = Connections::create();
  if (!connections) return failure(connections.error());
  std::optional<gguf::Demand> all;
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    const auto& origin = plan.origins[i].front();
    const auto header =
        read_remote_header({.connections = *connections, .endpoint = origin.endpoint, .stop = stop},
                           origin.url, plan.files[i].size);
    if (!header) return failure(header.error());
    const auto demand = gguf::demand_of(*header);
    if (all) {
      all->add(demand);
    } else {
      all = demand;
    }
  }
  return *all;
}

Expected<void> carry_out(const DownloadPlan& plan, const DownloadRun& run) {
  if (auto room = check_plan_room(plan); !room) return room;
  Job job(plan, run);
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    if (auto done = job.file(i); !done) return done;
  }
  job.note_template();
  if (!plan.repository) return {};
  save_license(run.places.bases, *plan.repository, plan.license);
  return job.show();
}

}  // namespace llf::hub
