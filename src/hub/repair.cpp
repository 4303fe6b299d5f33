#include "hub/repair.hpp"

#include "hub/part_file.hpp"
#include "os/file_lock.hpp"
#include "store/digest_file.hpp"
#include "store/hub_cache.hpp"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <system_error>
#include <utility>

namespace llf::hub {
namespace {

namespace fs = std::filesystem;

/// What of a file is right, where that is known.
RangeSet good_part(const store::VerifiedFile& file) {
  RangeSet good;
  if (file.damage.empty()) return good;
  good.add({.begin = 0, .end = file.size});
  for (const auto& range : file.damage) good.remove(range);
  return good;
}

/// The file as it is named in the cache, and by what it should be; nothing for one elsewhere.
std::optional<store::CachedFile> cached_file(const store::HubCache& cache,
                                             const store::VerifiedFile& file) {
  auto named = cache.name_of(file.path);
  if (!named) return std::nullopt;
  return store::CachedFile{.repository = std::move(named->repository),
                           .commit = std::move(named->commit),
                           .path = std::move(named->path),
                           .sha256 = *file.expected};
}

fs::path place_of(const store::HubCache& cache, const store::VerifiedFile& file) {
  const auto cached = cached_file(cache, file);
  return cached ? cache.blob(*cached) : fs::path(file.path);
}

/// Locks the content of a file in the cache; a file of ours alone has no lock.
Expected<std::optional<os::FileLock>> lock(const store::HubCache& cache,
                                           const store::VerifiedFile& file) {
  const auto cached = cached_file(cache, file);
  if (!cached) return std::nullopt;
  if (auto prepared = cache.prepare(*cached); !prepared) return failure(prepared.error());
  auto lock = os::FileLock::try_acquire(cache.lock(*cached), os::LockUsers::everybody);
  if (!lock || *lock) return lock;
  return failure(ErrorKind::conflict,
                 fmt::format("{} is being downloaded; `llf model downloads` shows it",
                             cached->repository.str()));
}

}  // namespace

Expected<DownloadRequest> repair_request(const store::ModelFile& model, const fs::path& cache,
                                         Endpoint endpoint) {
  DownloadRequest request{.model = {},
                          .endpoint = std::move(endpoint),
                          .mirrors = {},
                          .sha256 = {},
                          .fits = {},
                          .damaged = true};
  if (const auto named = store::HubCache(cache).name_of(model.path)) {
    request.model = fmt::format("{}@{}:{}", named->repository.str(), named->commit, named->path);
    return request;
  }
  auto kept = store::kept_digest(model.path);
  if (kept && !kept->source.empty()) {
    request.model = std::move(kept->source);
    request.sha256 = kept->sha256;
    return request;
  }
  return failure(ErrorKind::forbidden,
                 fmt::format("nothing tells where {} came from: get it anew from there, as {}",
                             model.id.str(), model.path));
}

bool is_repairable(const store::VerifiedFile& file) {
  return file.expected && *file.expected != file.sha256;
}

Expected<void> take_back(const std::vector<store::VerifiedFile>& damaged, const fs::path& cache) {
  const store::HubCache own(cache);
  std::vector<std::optional<os::FileLock>> locks;
  for (const auto& file : damaged) {
    std::error_code code;
    if (!fs::exists(file.path, code)) {
      return failure(ErrorKind::conflict,
                     fmt::format("the content of {} has gone: another repair has begun, which `llf "
                                 "model downloads` shows",
                                 file.path));
    }
    auto locked = lock(own, file);
    if (!locked) return failure(locked.error());
    locks.push_back(*std::move(locked));
  }
  for (std::size_t i = 0; i < damaged.size(); ++i) {
    const PartIdentity identity{.size = damaged[i].size, .tag = damaged[i].expected->hex()};
    auto taken = PartFile::take_back(place_of(own, damaged[i]), identity, good_part(damaged[i]));
    if (taken) continue;
    while (i-- > 0) PartFile::give_back(place_of(own, damaged[i]));
    return taken;
  }
  return {};
}

void give_back(const std::vector<store::VerifiedFile>& damaged, const fs::path& cache) {
  const store::HubCache own(cache);
  for (const auto& file : damaged) {
    const auto place = place_of(own, file);
    std::error_code code;
    const auto locked = lock(own, file);
    if (locked && !fs::exists(place, code)) PartFile::give_back(place);
  }
}

}  // namespace llf::hub
