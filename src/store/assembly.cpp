#include "store/assembly.hpp"

#include "base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sys/stat.h>
#include <tuple>
#include <utility>

namespace llf::store {
namespace {

using Kind = FileLabel::Kind;

std::string_view folder_of(const FoundFile& file) {
  return std::string_view(file.path).substr(0, file.path.rfind('/') + 1);
}

/// Joins consecutive parts of the same stem; `files` are in the order of stems, then parts.
std::vector<ModelFile> join_parts(std::span<const FoundFile> files, Source source,
                                  std::vector<const FileLabel*>& labels) {
  std::vector<ModelFile> models;
  for (std::size_t at = 0; at < files.size();) {
    const auto& first = files[at];
    ModelFile model{.path = first.path,
                    .size = ByteSize(first.size),
                    .modified = first.modified,
                    .source = source};
    std::size_t next = at + 1;
    auto size = first.size;
    for (;
         next < files.size() && files[next].label.stem == first.label.stem &&
         files[next].label.parts == first.label.parts && folder_of(files[next]) == folder_of(first);
         ++next) {
      if (files[next].label.part == files[next - 1].label.part) continue;  // the same part again
      model.further.push_back(files[next].path);
      model.modified = std::max(model.modified, files[next].modified);
      size += files[next].size;
    }
    model.size = ByteSize(size);
    if (first.label.part == 1 && model.further.size() + 1 == first.label.parts) {
      models.push_back(std::move(model));
      labels.push_back(&first.label);
    }
    at = next;
  }
  return models;
}

/// The one to use with every model.
std::string choose_projector(std::span<const FoundFile> projectors) {
  const auto rank = [](const FoundFile& file) {
    return std::tuple(projector_rank(file.label, file.size), file.path);
  };
  const auto best = std::ranges::max_element(projectors, {}, rank);
  return best == projectors.end() ? std::string() : best->path;
}

}  // namespace

std::optional<FoundFile> look_at(const std::filesystem::path& path) {
  auto label = label_of(path.native());
  struct stat facts{};
  if (label.kind == Kind::other) return std::nullopt;
  if (::stat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  return FoundFile{.label = std::move(label),
                   .path = path.native(),
                   .size = static_cast<std::uint64_t>(facts.st_size),
                   .modified = facts.st_mtim.tv_sec};
}

std::vector<std::string> missing_parts(std::span<const FoundFile> files) {
  std::map<std::pair<std::string, std::uint32_t>, std::set<std::uint32_t>> there;
  for (const auto& file : files) {
    there[{file.label.stem, file.label.parts}].insert(file.label.part);
  }
  std::vector<std::string> missing;
  for (const auto& [model, parts] : there) {
    for (std::uint32_t part = 1; part <= model.second; ++part) {
      if (!parts.contains(part)) missing.push_back(name_of_part(model.first, part, model.second));
    }
  }
  return missing;
}

std::vector<ModelFile> assemble(std::vector<FoundFile> files, Source source,
                                const std::string& repository) {
  std::ranges::sort(files, {}, [](const FoundFile& file) {
    return std::tuple(file.label.kind, folder_of(file), file.label.stem, file.label.parts,
                      file.label.part, file.path);
  });
  const auto projectors =
      std::ranges::find(files, Kind::projector, [](const auto& file) { return file.label.kind; });
  std::vector<const FileLabel*> labels;
  auto models = join_parts({files.begin(), projectors}, source, labels);
  const auto projector = choose_projector({projectors, files.end()});
  std::map<std::string, int> uses;
  for (const auto* label : labels) ++uses[label->quantisation];
  for (std::size_t i = 0; i < models.size(); ++i) {
    const auto& label = *labels[i];
    const bool clear = !label.quantisation.empty() && uses[label.quantisation] == 1;
    // Whatever the bytes of a file's name are, its model can be named in JSON.
    const auto name = clear && !repository.empty() ? label.quantisation : label.stem;
    models[i].id =
        ModelId(repair_utf8(repository.empty() ? name : fmt::format("{}:{}", repository, name)));
    models[i].repository = repair_utf8(repository);
    models[i].projector = projector;
  }
  return models;
}

}  // namespace llf::store
