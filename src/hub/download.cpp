#include "hub/download.hpp"

#include "base/limits.hpp"
#include "hub/remote_header.hpp"
#include "os/file_error.hpp"
#include "os/file_lock.hpp"
#include "store/file_label.hpp"
#include "store/gguf_file.hpp"
#include "store/hub_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace llf::hub {
namespace {

namespace fs = std::filesystem;

bool stands(const fs::path& place, ByteSize size) {
  std::error_code code;
  return fs::file_size(place, code) == size.bytes() && !code;
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

Expected<DownloadPlan> plan_url(const DownloadRequest& request, const Url& url,
                                const DownloadPlaces& places) {
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
  std::error_code code;
  const auto place = places.folder / name;
  const bool present = fs::is_regular_file(place, code);
  return DownloadPlan{
      .model = label.stem,
      .repository = {},
      .commit = {},
      .branch = {},
      .license = {},
      .others = {},
      .files = {{.path = name,
                 .size = present ? ByteSize(fs::file_size(place, code)) : ByteSize(),
                 .sha256 = request.sha256,
                 .place = place,
                 .present = present}},
      .origins = {std::move(origins)}};
}

/// Holds other programs off while a file is fetched.
Expected<os::FileLock> lock_file(const fs::path& path) {
  auto lock = os::FileLock::try_acquire(path);
  if (!lock) return failure(lock.error());
  if (*lock) return std::move(**lock);
  return failure(ErrorKind::conflict,
                 fmt::format("another program is downloading it (it holds {}): when that is done, "
                             "the model is there for llf, too",
                             path.native()));
}

/// A GGUF file that no engine could load is no download that succeeded.
Expected<void> check_content(const PlannedFile& file) {
  const auto header = store::read_gguf(file.place);
  if (header) return {};
  return failure(
      ErrorKind::corrupt,
      fmt::format("it came as it is on the server, but is no model: {}", header.error().message));
}

/// A plan while it is carried out.
class Job {
 public:
  Job(const DownloadPlan& plan, const DownloadRun& run)
      : plan_(plan), run_(run), cache_(run.places.cache), progress_{.size = plan.size().bytes()} {}

  /// Fetches a file, unless it is there.
  Expected<void> file(std::size_t index) {
    const auto& file = plan_.files[index];
    auto fetched = plan_.repository ? cached(index) : own(index);
    if (!fetched) return fetched;
    if (auto checked = check_content(file); !checked) {
      std::error_code code;
      fs::remove(file.place, code);
      return checked;
    }
    return {};
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
  Expected<void> cached(std::size_t index) {
    const auto file = cached_file(plan_, plan_.files[index]);
    if (auto prepared = cache_.prepare(file); !prepared) return prepared;
    const auto lock = lock_file(cache_.lock(file));
    if (!lock) return failure(lock.error());
    // Another program may have been faster.
    if (!stands(plan_.files[index].place, plan_.files[index].size)) return fetch(index);
    already(plan_.files[index]);
    return {};
  }

  Expected<void> own(std::size_t index) {
    std::error_code code;
    fs::create_directories(run_.places.folder, code);
    if (code) {
      return failure(
          os::file_error("making", run_.places.folder, os::FileUse::write, code.value()));
    }
    if (!plan_.files[index].present) return fetch(index);
    already(plan_.files[index]);
    return {};
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
                              .speed_limit = run_.speed_limit};
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
  return reference->url ? plan_url(request, *reference->url, places)
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
