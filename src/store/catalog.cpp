#include "store/catalog.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "store/assembly.hpp"
#include "store/name_match.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <system_error>
#include <utility>

namespace llf::store {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& path) {
  std::error_code code;
  return fs::exists(path, code);
}

std::vector<ModelFile> built_in_model(const fs::path& path) {
  auto file = look_at(path);
  std::vector<FoundFile> files;
  if (file) files.push_back(*std::move(file));
  return assemble(std::move(files), Source::built_in, "");
}

}  // namespace

std::string_view to_string(Source source) {
  switch (source) {
    case Source::built_in:
      return "built-in";
    case Source::hugging_face:
      return "hugging face";
    case Source::folder:
      return "folder";
    case Source::ollama:
      return "ollama";
    case Source::lm_studio:
      return "lm studio";
    case Source::llama_cpp:
      return "llama.cpp";
  }
  return "folder";
}

std::vector<std::string> files_of_model(const std::string& path,
                                        const std::vector<std::string>& further,
                                        const std::string& projector) {
  std::vector<std::string> files{path};
  files.insert(files.end(), further.begin(), further.end());
  if (!projector.empty()) files.push_back(projector);
  return files;
}

Expected<ModelFile> read_model_file(const std::string& path) {
  // "/x//m.gguf": what stands beside it is found, and compared, by one way to write it.
  const auto whole = fs::path(path).lexically_normal();
  const auto file = look_at(whole);
  if (file && file->label.kind == FileLabel::Kind::model) {
    std::vector<FoundFile> files{*file};
    // The other parts of a split model stand beside it.
    for (std::uint32_t part = 1; part <= file->label.parts; ++part) {
      if (part == file->label.part) continue;
      auto further =
          look_at(whole.parent_path() / name_of_part(file->label.stem, part, file->label.parts));
      if (further) files.push_back(*std::move(further));
    }
    const auto missing = missing_parts(files);
    if (!missing.empty()) return failure(parts_are_missing(path, missing));
    auto models = assemble(std::move(files), Source::folder, "");
    LLF_ASSERT(!models.empty());
    return std::move(models.front());
  }
  if (label_of(path).kind != FileLabel::Kind::model) {
    return failure(ErrorKind::invalid,
                   fmt::format("{} does not end in .gguf, or is no model", path));
  }
  return failure(ErrorKind::not_found, fmt::format("there is no file {}", path));
}

Error parts_are_missing(const std::string& path, std::span<const std::string> missing) {
  const auto shown = missing.first(std::min(missing.size(), limits::kModelCandidates));
  return {.kind = ErrorKind::not_found,
          .message = fmt::format("{} has not all parts of a split model: {}{} is missing. All of "
                                 "its parts must stand beside each other",
                                 path, fmt::join(shown, ", "),
                                 shown.size() < missing.size() ? ", …" : "")};
}

Inventory take_inventory(const std::vector<Shelf>& shelves) {
  Inventory inventory{.shelves = shelves, .models = {}, .absent = {}, .watch = {}};
  std::map<ModelId, ModelFile> models;
  for (const auto& shelf : shelves) {
    if (!is_there(shelf.root)) {
      inventory.absent.push_back(shelf.root);
      continue;
    }
    const bool is_file = shelf.source == Source::built_in;
    auto found = is_file
                     ? built_in_model(shelf.root)
                     : scan(shelf, [&](const fs::path& folder) { inventory.watch.add(folder); });
    if (is_file) inventory.watch.add(shelf.root.parent_path());
    for (auto& model : found) models.try_emplace(model.id, std::move(model));
  }
  for (auto& [id, model] : models) inventory.models.push_back(std::move(model));
  return inventory;
}

void Catalog::set_shelves(std::vector<Shelf> shelves) {
  if (shelves == shelves_) return;
  shelves_ = std::move(shelves);
  inventory_.reset();
}

bool Catalog::stale() {
  return !inventory_ || inventory_->watch.changed() ||
         std::ranges::any_of(inventory_->absent, is_there);
}

void Catalog::take(Inventory inventory) {
  if (inventory.shelves == shelves_) inventory_.emplace(std::move(inventory));
}

const std::vector<ModelFile>& Catalog::list() {
  if (stale()) take(take_inventory(shelves_));
  return inventory_->models;
}

Expected<ModelFile> Catalog::find(const ModelId& name) {
  const auto found = match_name(list(), name.str());
  if (!found) return failure(found.error());
  return **found;
}

ModelId Catalog::default_model() {
  const auto& models = list();
  const auto built_in = std::ranges::find(models, Source::built_in, &ModelFile::source);
  if (built_in != models.end()) return built_in->id;
  return models.empty() ? ModelId() : models.front().id;
}

}  // namespace llf::store
