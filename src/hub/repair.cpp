#include "hub/repair.hpp"

#include "hub/part_file.hpp"
#include "store/digest_file.hpp"
#include "store/hash_marks.hpp"
#include "store/hub_cache.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

namespace llf::hub {

namespace fs = std::filesystem;

namespace {

/// What a file lacks that should have `size` bytes, beyond what is known to be damaged.
Range missing_end(const store::VerifiedFile& file, std::uint64_t size) {
  const auto known = std::max(file.size, file.damage.back().end);
  return {.begin = std::min(known, size), .end = size};
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

Expected<void> plan_repair(DownloadPlan& plan, const std::vector<store::VerifiedFile>& damaged) {
  for (const auto& file : damaged) {
    std::error_code code;
    const auto planned = std::ranges::find_if(plan.files, [&](const auto& one) {
      return one.place == file.path || fs::equivalent(one.place, file.path, code);
    });
    if (planned == plan.files.end()) {
      return failure(ErrorKind::not_found,
                     fmt::format("{} does not come with {}", file.path, plan.model));
    }
    planned->present = false;
    planned->damage = file.damage;
    if (!file.damage.empty()) {
      store::add_range(*planned->damage, missing_end(file, planned->size.bytes()));
    }
    // An earlier repair goes on from where it is.
    if (planned->here > 0 && PartFile::exists(planned->place)) continue;
    const Range all{.begin = 0, .end = planned->size.bytes()};
    planned->here = file.damage.empty() ? 0 : without(all, *planned->damage).total();
  }
  return {};
}

}  // namespace llf::hub
