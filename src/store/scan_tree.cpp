#include "store/scan_tree.hpp"

#include "base/limits.hpp"
#include "store/assembly.hpp"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

/// The repository that a folder below a shelf stands for; empty: none.
std::string repository_of(const fs::path& below) {
  const auto& text = below.native();
  if (const auto dashes = text.find("--"); dashes != std::string::npos && !text.contains('/')) {
    return text.substr(0, dashes) + "/" + text.substr(dashes + 2);
  }
  const auto names = std::distance(below.begin(), below.end());
  return names == 2 ? text : std::string();
}

class TreeScan {
 public:
  TreeScan(const Shelf& shelf, const Look& look) : shelf_(shelf), look_(look) {}

  void folder(const fs::path& path, int depth) {
    look_(path);
    std::vector<FoundFile> files;
    std::vector<fs::path> below;
    std::error_code code;
    for (fs::directory_iterator it(path, code), end; !code && it != end; it.increment(code)) {
      if (++entries_ > limits::kModelFolderEntries) break;
      std::error_code ignored;
      if (auto file = look_at(it->path())) {
        files.push_back(*std::move(file));
      } else if (!it->is_symlink(ignored) && it->is_directory(ignored)) {
        // Links to folders are not followed: they may lead round in a circle.
        below.push_back(it->path());
      }
    }
    auto models = assemble(std::move(files), shelf_.source,
                           repository_of(path.lexically_relative(shelf_.root)));
    std::ranges::move(models, std::back_inserter(models_));
    if (depth == limits::kModelFolderDepth) return;
    for (const auto& next : below) folder(next, depth + 1);
  }

  std::vector<ModelFile> take() { return std::move(models_); }

 private:
  const Shelf& shelf_;
  const Look& look_;
  std::size_t entries_ = 0;
  std::vector<ModelFile> models_;
};

}  // namespace

std::vector<ModelFile> scan_tree(const Shelf& shelf, const Look& look) {
  TreeScan scan(shelf, look);
  scan.folder(shelf.root, 0);
  return scan.take();
}

}  // namespace llf::store
