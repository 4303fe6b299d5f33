#include "hub/repair.hpp"

#include "hub/part_file.hpp"
#include "os/file_lock.hpp"
#include "store/hub_cache.hpp"

#include <fmt/format.h>

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

Expected<os::FileLock> lock(const store::HubCache& cache, const store::CachedFile& file) {
  if (auto prepared = cache.prepare(file); !prepared) return failure(prepared.error());
  auto lock = os::FileLock::try_acquire(cache.lock(file), os::LockUsers::everybody);
  if (!lock) return failure(lock.error());
  if (*lock) return *std::move(*lock);
  return failure(
      ErrorKind::conflict,
      fmt::format("{} is being downloaded; `llf model downloads` shows it", file.repository.str()));
}

}  // namespace

Expected<std::string> repair_reference(const store::ModelFile& model, const fs::path& cache) {
  const auto named = store::HubCache(cache).name_of(model.path);
  if (named) return fmt::format("{}@{}:{}", named->repository.str(), named->commit, named->path);
  return failure(ErrorKind::forbidden,
                 fmt::format("nothing tells where {} came from: get it anew from there, as {}",
                             model.id.str(), model.path));
}

bool is_repairable(const store::VerifiedFile& file) {
  return file.expected && *file.expected != file.sha256;
}

Expected<void> take_back(const std::vector<store::VerifiedFile>& damaged, const fs::path& cache) {
  const store::HubCache own(cache);
  std::vector<os::FileLock> locks;
  std::vector<fs::path> places;
  for (const auto& file : damaged) {
    const auto cached = own.find(file.path);
    if (!cached) {
      return failure(ErrorKind::conflict,
                     fmt::format("the content of {} has gone: another repair has begun, which `llf "
                                 "model downloads` shows",
                                 file.path));
    }
    auto locked = lock(own, *cached);
    if (!locked) return failure(locked.error());
    locks.push_back(*std::move(locked));
    places.push_back(own.blob(*cached));
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    const PartIdentity identity{.size = damaged[i].size, .tag = damaged[i].expected->hex()};
    auto taken = PartFile::take_back(places[i], identity, good_part(damaged[i]));
    if (taken) continue;
    while (i-- > 0) PartFile::give_back(places[i]);
    return taken;
  }
  return {};
}

}  // namespace llf::hub
