#include "hub/download.hpp"

#include "base/limits.hpp"
#include "hub/answer_check.hpp"
#include "hub/remote_header.hpp"
#include "os/atomic_file.hpp"
#include "os/file_lock.hpp"
#include "os/folders.hpp"
#include "store/file_label.hpp"
#include "store/gguf_file.hpp"
#include "store/hub_cache.hpp"

#include <fmt/format.h>

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
  const auto repository =
      get_repository({.connections = *connections, .endpoint = request.endpoint, .stop = stop},
                     *reference.repository, reference.revision);
  if (!repository) return failure(repository.error().with_context(reference.repository->str()));
  const auto choice = choose(*repository, reference.wanted, request.room);
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
  const store::HubCache cache(places.cache);
  for (const auto& file : choice->files()) {
    PlannedFile planned{.path = file.path, .size = file.size, .sha256 = file.sha256, .place = {}};
    planned.place = cache.blob(cached_file(plan, planned));
    planned.present = stands(planned.place, planned.size);
    plan.files.push_back(std::move(planned));
    plan.origins.push_back(origins_of(request, *repository, file));
  }
  return plan;
}

/// Whether a file that has the name already is the one that is asked for: by its hash where that is
/// told, else by its size.
Expected<void> check_present(const DownloadRequest& request, const Url& url, const fs::path& place,
                             const std::stop_token& stop) {
  const auto other = failure(
      ErrorKind::conflict,
      fmt::format("another file is at {} already: remove or rename that first", place.native()));
  if (request.sha256) {
    const auto digest =
        store::hash_file(place, [&](std::uint64_t) { return !stop.stop_requested(); });
    if (!digest) return failure(digest.error());
    return digest->sha256 == *request.sha256 ? Expected<void>() : other;
  }
  auto connections = Connections::create();
  if (!connections) return failure(connections.error());
  const auto answer = ask({.connections = *connections, .endpoint = request.endpoint, .stop = stop},
                          url, {"Range: bytes=0-0"});
  if (!answer) return failure(answer.error());
  const auto size = told_size(answer->head);
  return size && stands(place, ByteSize(*size)) ? Expected<void>() : other;
}

/// The SHA-256 that stands in a file beside the one at `url`, as sha256sum writes it; nothing where
/// there is none.
std::optional<store::Digest> fetch_digest(const Url& url, const Endpoint& endpoint,
                                          const std::stop_token& stop) {
  const auto beside = Url::parse(url.shown() + ".sha256");
  auto connections = Connections::create();
  if (!beside || !connections) return std::nullopt;
  const auto answer =
      ask({.connections = *connections, .endpoint = endpoint, .stop = stop}, *beside);
  if (!answer) return std::nullopt;
  const std::string_view line = std::string_view(answer->body).substr(0, answer->body.find('\n'));
  const auto space = std::min(line.find(' '), line.size());
  const auto named = line.substr(std::min(line.find_last_of(" */") + 1, line.size()));
  const bool of_this = space == line.size() || named == url.file_name();
  return of_this ? store::Digest::parse(line.substr(0, space)) : std::nullopt;
}

Expected<DownloadPlan> plan_url(DownloadRequest request, const Url& url,
                                const DownloadPlaces& places, const std::stop_token& stop) {
  const auto name = url.file_name();
  const auto label = store::label_of(name);
  if (label.kind != store::FileLabel::Kind::model || !store::check_file_path(name)) {
    return failure(ErrorKind::invalid,
                   fmt::format("{} is no file that ends in .gguf", url.shown()));
  }
  if (label.parts > 1) {
    return failure(
        ErrorKind::invalid,
        "a split model cannot be downloaded by the URL of one part: name its repository");
  }
  std::vector<Origin> origins{{.url = url, .endpoint = request.endpoint}};
  for (const auto& mirror : request.mirrors) {
    origins.push_back({.url = mirror, .endpoint = {.url = mirror, .token = {}}});
  }
  if (!request.mirrors.empty() && !request.sha256) {
    return failure(ErrorKind::invalid,
                   "mirrors of a file need --sha256: nothing else tells that they have the same");
  }
  if (!request.sha256) request.sha256 = fetch_digest(url, request.endpoint, stop);
  std::error_code code;
  const auto place = places.folder / name;
  const bool present = fs::exists(fs::symlink_status(place, code));
  if (present) {
    if (auto same = check_present(request, url, place, stop); !same) return failure(same.error());
  }
  return DownloadPlan{
      .model = label.stem,
      .repository = {},
      .commit = {},
      .branch = {},
      .license = {},
      .base_model = {},
      .others = {},
      .files = {{.path = name,
                 .size = present ? ByteSize(fs::file_size(place, code)) : ByteSize(),
                 .sha256 = request.sha256,
                 .place = place,
                 .present = present}},
      .origins = {std::move(origins)}};
}

/// A GGUF file that no engine could load is no download that succeeded.
Expected<void> check_content(const fs::path& file) {
  const auto header = store::read_gguf(file);
  if (header) return {};
  return failure(
      header.error().kind,
      fmt::format("it came as it is on the server, but is no model: {}", header.error().message));
}

/// A plan while it is carried out.
class Job {
 public:
  Job(const DownloadPlan& plan, const DownloadRun& run)
      : plan_(plan), run_(run), cache_(run.places.cache), progress_{.size = plan.size().bytes()} {}

  /// Fetches a file, unless it is there.
  Expected<void> file(std::size_t index) { return plan_.repository ? cached(index) : own(index); }

  /// Shows all of it when all of it is there.
  Expected<void> show() const {
    for (const auto& file : plan_.files) {
      if (auto shown = cache_.show(cached_file(plan_, file)); !shown) return shown;
    }
    if (plan_.branch.empty()) return {};
    return cache_.set_ref(*plan_.repository, plan_.branch, plan_.commit);
  }

 private:
  Expected<void> cached(std::size_t index) {
    const auto file = cached_file(plan_, plan_.files[index]);
    if (auto prepared = cache_.prepare(file); !prepared) return prepared;
    // Held until all of it is shown: nobody may remove a content before its name is there.
    if (auto locked = lock(cache_.lock(file)); !locked) return locked;
    const auto& planned = plan_.files[index];
    // Another program may have been faster. What no name of its own vouches for is looked at: it
    // may have been damaged since, and is then fetched in its place.
    if (!stands(planned.place, planned.size)) return fetch(index);
    std::error_code code;
    if (!fs::equivalent(cache_.snapshot(file), planned.place, code)) {
      const auto digest = hash_present(planned);
      if (!digest) return failure(digest.error());
      if (digest->sha256 != *planned.sha256) return fetch(index);
      store::save_marks(run_.places.marks, digest->sha256, digest->marks);
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
    if (auto made = os::make_folders(run_.places.folder); !made) return made;
    if (!plan_.files[index].present) return fetch(index);
    already(plan_.files[index]);
    return os::sync_folder(run_.places.folder);  // an earlier try may have failed there
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
    const TransferOrder order{.origins = plan_.origins[index],
                              .place = file.place,
                              .size = sized ? std::optional(file.size.bytes()) : std::nullopt,
                              .sha256 = file.sha256,
                              .speed_limit = run_.speed_limit,
                              .sync_step = run_.sync_step,
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
    if (plan_.repository) store::save_marks(run_.places.marks, done->sha256, done->marks);
    progress_.done = before.done + done->size;
    progress_.verified = progress_.done;
    progress_.size = std::max(progress_.size, progress_.done);
    progress_.connections = 0;
    progress_.trouble.clear();
    for (const auto& range : done->repaired) {
      progress_.note +=
          fmt::format("{}bytes {} to {} of {} had been damaged and came anew",
                      progress_.note.empty() ? "" : "; ", range.begin, range.end - 1, file.path);
    }
    run_.report(progress_);
    return {};
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
  for (const auto& file : files) bytes += file.present ? 0 : file.size.bytes();
  return ByteSize(bytes);
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
  return reference->url ? plan_url(request, *reference->url, places, stop)
                        : plan_repository(request, *reference, places, stop);
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
  Job job(plan, run);
  for (std::size_t i = 0; i < plan.files.size(); ++i) {
    if (auto done = job.file(i); !done) return done;
  }
  return plan.repository ? job.show() : Expected<void>();
}

}  // namespace llf::hub
