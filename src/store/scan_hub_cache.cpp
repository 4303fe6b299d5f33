#include "store/scan_hub_cache.hpp"

#include "base/limits.hpp"
#include "os/atomic_file.hpp"
#include "store/assembly.hpp"
#include "store/hub_repository.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <system_error>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> entries_of(const fs::path& folder, const Look& look) {
  look(folder);
  std::vector<fs::path> entries;
  std::error_code code;
  for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
    if (entries.size() == limits::kModelFolderEntries) break;
    entries.push_back(it->path());
  }
  std::ranges::sort(entries);
  return entries;
}

void find_files(const fs::path& folder, const Look& look, int depth,
                std::vector<FoundFile>& files) {
  for (const auto& entry : entries_of(folder, look)) {
    std::error_code code;
    if (auto file = look_at(entry)) {
      files.push_back(*std::move(file));
    } else if (depth < limits::kModelFolderDepth && fs::is_directory(entry, code)) {
      find_files(entry, look, depth + 1, files);
    }
  }
}

/// The models of each revision, the newest first: a model is of one revision with all its parts.
std::vector<ModelFile> scan_repository(const fs::path& folder, const std::string& repository,
                                       const Look& look) {
  look(folder / "refs");
  look(folder / "blobs");
  auto snapshots = entries_of(folder / "snapshots", look);
  const auto newest = std::ranges::find(snapshots, folder / "snapshots" / read_ref(folder, "main"));
  if (newest != snapshots.end()) std::rotate(snapshots.begin(), newest, newest + 1);
  std::vector<ModelFile> models;
  std::set<ModelId> seen;
  for (const auto& snapshot : snapshots) {
    std::vector<FoundFile> files;
    find_files(snapshot, look, 0, files);
    for (auto& model : assemble(std::move(files), Source::hugging_face, repository)) {
      if (seen.insert(model.id).second) models.push_back(std::move(model));
    }
  }
  return models;
}

}  // namespace

std::vector<ModelFile> scan_hub_cache(const fs::path& root, const Look& look) {
  std::vector<ModelFile> models;
  for (const auto& folder : entries_of(root, look)) {
    const auto repository = repository_of_folder(folder.filename().native());
    if (!repository) continue;
    look(folder);
    auto found = scan_repository(folder, repository->str(), look);
    std::ranges::move(found, std::back_inserter(models));
  }
  return models;
}

}  // namespace llf::store
