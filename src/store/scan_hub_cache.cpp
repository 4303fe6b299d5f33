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

class RepositoryScan {
 public:
  explicit RepositoryScan(const Look& look) : look_(look) {}

  /// Files of a snapshot, but those whose names an earlier one had.
  void snapshot(const fs::path& folder) { files_below(folder, fs::path(), 0); }

  std::vector<FoundFile> take() { return std::move(files_); }

 private:
  void files_below(const fs::path& folder, const fs::path& below, int depth) {
    for (const auto& entry : entries_of(folder / below, look_)) {
      const auto name = below / entry.filename();
      std::error_code code;
      if (auto file = look_at(entry)) {
        if (seen_.insert(name.native()).second) files_.push_back(*std::move(file));
      } else if (depth < limits::kModelFolderDepth && fs::is_directory(entry, code)) {
        files_below(folder, name, depth + 1);
      }
    }
  }

  const Look& look_;
  std::set<std::string> seen_;
  std::vector<FoundFile> files_;
};

std::vector<ModelFile> scan_repository(const fs::path& folder, const std::string& repository,
                                       const Look& look) {
  look(folder / "refs");
  look(folder / "blobs");
  auto snapshots = entries_of(folder / "snapshots", look);
  const auto main = read_ref(folder, "main");
  const auto newest = std::ranges::find(snapshots, folder / "snapshots" / main);
  if (newest != snapshots.end()) std::rotate(snapshots.begin(), newest, newest + 1);
  RepositoryScan scan(look);
  for (const auto& snapshot : snapshots) scan.snapshot(snapshot);
  return assemble(scan.take(), Source::hugging_face, repository);
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
