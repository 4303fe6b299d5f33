#pragma once

#include "os/test_folder.hpp"
#include "store/digest.hpp"
#include "store/shelf.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace llf::store {

/// A folder that tests fill with what looks like models by name.
class TestShelf {
 public:
  [[nodiscard]] const std::filesystem::path& root() const { return folder_.path(); }

  /// A file with its folders.
  std::filesystem::path put(const std::string& name, std::string_view content = "GGUF") const {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

  /// A file of a repository in the layout of Hugging Face's cache.
  void put_cached(const std::string& repository_folder, const std::string& commit,
                  const std::string& name, std::string_view content = "GGUF") const {
    const auto blob = sha256(content).hex();
    put(repository_folder + "/blobs/" + blob, content);
    const auto link = folder_ / (repository_folder + "/snapshots/" + commit + "/" + name);
    std::filesystem::create_directories(link.parent_path());
    std::filesystem::path up = "../../blobs";
    for (const char c : name) up = c == '/' ? ".." / up : up;
    std::filesystem::create_symlink(up / blob, link);
  }

  [[nodiscard]] std::vector<ModelFile> models(Source source) const {
    return scan({.root = root(), .source = source}, [](const auto&) {});
  }

  [[nodiscard]] static std::vector<std::string> names(const std::vector<ModelFile>& models) {
    std::vector<std::string> names;
    for (const auto& model : models) names.push_back(model.id.str());
    return names;
  }

 private:
  os::TestFolder folder_;
};

}  // namespace llf::store
