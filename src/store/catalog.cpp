#include "store/catalog.hpp"

#include "base/limits.hpp"
#include "base/nearest.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <sys/stat.h>
#include <system_error>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kExtension = ".gguf";

std::optional<ModelFile> read_entry(const fs::path& path, Source source) {
  struct stat facts{};
  if (path.extension() != kExtension) return std::nullopt;
  if (::stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  // Whatever the bytes of a file's name are, its model can be named in JSON.
  return ModelFile{.id = ModelId(repair_utf8(path.stem().string())),
                   .path = path.string(),
                   .size = ByteSize(static_cast<std::uint64_t>(facts.st_size)),
                   .modified = facts.st_mtim.tv_sec,
                   .source = source};
}

/// Parts two and later of a split model are loaded through part one, which the name then hides.
bool is_later_part(const fs::path& path) {
  const auto stem = path.stem().string();
  const auto of = stem.rfind("-of-");
  return of != std::string::npos && of >= 6 && stem.at(of - 6) == '-' &&
         stem.substr(of - 5, 5) != "00001" &&
         std::ranges::all_of(stem.substr(of - 5, 5), [](char c) { return c >= '0' && c <= '9'; });
}

bool still_there(const ModelFile& model) {
  std::error_code code;
  return fs::is_regular_file(model.path, code);
}

}  // namespace

std::string_view to_string(Source source) {
  switch (source) {
    case Source::built_in:
      return "built-in";
    case Source::folder:
      return "folder";
  }
  return "folder";
}

Expected<ModelFile> read_model_file(const std::string& path) {
  if (auto model = read_entry(path, Source::folder)) return *std::move(model);
  if (!path.ends_with(kExtension)) {
    return failure(ErrorKind::invalid, fmt::format("{} does not end in {}", path, kExtension));
  }
  return failure(ErrorKind::not_found, fmt::format("there is no file {}", path));
}

Catalog::Catalog(std::string built_in, std::vector<std::string> folders)
    : built_in_(std::move(built_in)), folders_(std::move(folders)) {}

void Catalog::set_folders(std::vector<std::string> folders) {
  folders_ = std::move(folders);
  models_.clear();  // read anew when they are wanted
}

const std::vector<ModelFile>& Catalog::list() {
  rescan();
  return models_;
}

Expected<ModelFile> Catalog::find(const ModelId& id) {
  if (const auto* model = known(id); model != nullptr && still_there(*model)) return *model;
  rescan();
  if (const auto* model = known(id); model != nullptr) return *model;
  if (id.empty()) {
    return failure(ErrorKind::not_found,
                   "there is no model on this machine: put a .gguf file into a "
                   "folder and name that as models.folder of the settings");
  }
  std::vector<std::string> names;
  names.reserve(models_.size());
  for (const auto& model : models_) names.push_back(model.id.str());
  const auto hint = did_you_mean(id.str(), names);
  if (!hint.empty()) {
    return failure(ErrorKind::not_found, fmt::format("no model '{}' is here.{}", id.str(), hint));
  }
  return failure(ErrorKind::not_found,
                 fmt::format("no model '{}' is here; `llf ls` lists what is", id.str()));
}

ModelId Catalog::default_model() {
  if (models_.empty()) rescan();
  for (const auto& model : models_) {
    if (model.source == Source::built_in) return model.id;
  }
  return models_.empty() ? ModelId() : models_.front().id;
}

const ModelFile* Catalog::known(const ModelId& id) const {
  const auto at = std::ranges::find(models_, id, &ModelFile::id);
  return at == models_.end() ? nullptr : &*at;
}

void Catalog::rescan() {
  models_.clear();
  if (!built_in_.empty()) {
    if (auto model = read_entry(built_in_, Source::built_in)) models_.push_back(*model);
  }
  for (const auto& folder : folders_) {
    std::error_code code;
    std::size_t entries = 0;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code)) {
      if (++entries > limits::kModelFolderEntries) break;
      if (is_later_part(it->path())) continue;
      auto model = read_entry(it->path(), Source::folder);
      if (model && known(model->id) == nullptr) models_.push_back(std::move(*model));
    }
  }
  std::ranges::sort(models_, {}, &ModelFile::id);
}

}  // namespace llf::store
