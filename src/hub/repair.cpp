#include "hub/repair.hpp"

#include "hub/part_file.hpp"
#include "os/file_lock.hpp"
#include "store/hub_cache.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace llf::hub {
namespace {

/// What of a file is right, where that is known.
RangeSet good_part(const store::VerifiedFile& file) {
  RangeSet good;
  if (file.damage.empty()) return good;
  good.add({.begin = 0, .end = file.size});
  for (const auto& range : file.damage) good.remove(range);
  return good;
}

Expected<void> take_back(const store::HubCache& cache, const store::CachedFile& cached,
                         const store::VerifiedFile& file) {
  if (auto prepared = cache.prepare(cached); !prepared) return prepared;
  const auto lock = os::FileLock::try_acquire(cache.lock(cached), os::LockUsers::everybody);
  if (!lock) return failure(lock.error());
  if (!*lock) {
    return failure(ErrorKind::conflict,
                   fmt::format("{} is being downloaded; `llf model downloads` shows it",
                               cached.repository.str()));
  }
  return PartFile::take_back(cache.blob(cached), {.size = file.size, .tag = cached.sha256.hex()},
                             good_part(file));
}

}  // namespace

Expected<std::string> prepare_repair(const store::ModelFile& model,
                                     const std::vector<store::VerifiedFile>& files,
                                     const std::filesystem::path& cache) {
  const store::HubCache own(cache);
  const auto named = own.find(model.path);
  if (!named) {
    return failure(ErrorKind::forbidden,
                   fmt::format("nothing tells where {} came from: get it anew from there, as {}",
                               model.id.str(), model.path));
  }
  for (const auto& file : files) {
    if (file.right()) continue;
    const auto cached = own.find(file.path);
    // One that is what its name says, and no model, is so at its source.
    if (!cached || file.sha256 == cached->sha256) continue;
    if (auto taken = take_back(own, *cached, file); !taken) return failure(taken.error());
  }
  return fmt::format("{}@{}:{}", named->repository.str(), named->commit, named->path);
}

}  // namespace llf::hub
