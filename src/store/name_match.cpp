#include "store/name_match.hpp"

#include "base/ascii.hpp"
#include "base/limits.hpp"
#include "base/nearest.hpp"
#include "store/file_label.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace llf::store {
namespace {

constexpr std::size_t kLeastBeginning = 2;  // characters of a name that may stand for a model

/// A model's names, lower case: as it is, and in its shorter forms.
struct Names {
  std::string id;
  std::string repository;
  std::string by_file;   ///< the repository and the stem of its file: "org/repo:model-q4_0"
  std::string by_label;  ///< the repository and what the file's name says of its quantisation
  /// The repository with and without its owner, with and without "-gguf".
  std::vector<std::string> repositories;
  std::vector<std::string> spellings;  ///< each of them alone, and with what names the file
};

std::string without_suffix(std::string_view text, std::string_view suffix) {
  if (text.ends_with(suffix)) text.remove_suffix(suffix.size());
  return std::string(text);
}

Names names_of(const ModelFile& model) {
  Names names{.id = ascii_lower(model.id.str()), .repository = ascii_lower(model.repository)};
  const auto& repository = names.repository;
  if (repository.empty()) return names;
  const auto label = label_of(model.path);
  names.by_file = repository + ":" + ascii_lower(label.stem);
  if (!label.quantisation.empty()) {
    names.by_label = repository + ":" + ascii_lower(label.quantisation);
  }
  for (const auto& base : {repository, without_suffix(repository, "-gguf")}) {
    names.repositories.push_back(base);
    names.repositories.push_back(base.substr(base.find('/') + 1));
  }
  names.spellings = names.repositories;
  for (const auto* whole : {&names.id, &names.by_file, &names.by_label}) {
    if (!whole->starts_with(repository + ":")) continue;
    for (const auto& base : names.repositories) {
      names.spellings.push_back(base + whole->substr(repository.size()));
    }
  }
  return names;
}

using Fits = std::function<bool(const Names&, std::string_view)>;

const std::array<Fits, 4>& levels() {
  static const std::array<Fits, 4> kLevels{
      [](const Names& names, std::string_view name) {
        return names.id == name || names.by_file == name;
      },
      [](const Names& names, std::string_view name) {
        return names.repository == name || names.by_label == name;
      },
      [](const Names& names, std::string_view name) {
        return std::ranges::find(names.spellings, name) != names.spellings.end();
      },
      [](const Names& names, std::string_view name) {
        const auto begins = [&](const std::string& one) { return one.starts_with(name); };
        return name.size() >= kLeastBeginning &&
               (begins(names.id) || std::ranges::any_of(names.spellings, begins));
      }};
  return kLevels;
}

std::vector<const ModelFile*> fitting(std::span<const ModelFile> models, std::string_view wanted,
                                      const Fits& fits) {
  std::vector<const ModelFile*> found;
  for (const auto& model : models) {
    if (!wanted.empty() && fits(names_of(model), wanted)) found.push_back(&model);
  }
  return found;
}

std::unexpected<Error> several(std::string_view name, const std::vector<const ModelFile*>& found) {
  std::vector<std::string> names;
  for (const auto* model : found) {
    if (names.size() == limits::kModelCandidates) {
      names.emplace_back("…");
      break;
    }
    names.push_back(model->id.str());
  }
  return failure(ErrorKind::not_found, fmt::format("'{}' may be any of these, say which: {}", name,
                                                   fmt::join(names, ", ")));
}

std::unexpected<Error> unknown(std::span<const ModelFile> models, std::string_view name) {
  if (name.empty()) {
    return failure(ErrorKind::not_found,
                   "there is no model on this machine: put a .gguf file into a "
                   "folder and name that as models.folder of the settings");
  }
  std::vector<std::string> names;
  names.reserve(models.size());
  for (const auto& model : models) names.push_back(model.id.str());
  const auto hint = did_you_mean(name, names);
  if (!hint.empty()) {
    return failure(ErrorKind::not_found, fmt::format("no model '{}' is here.{}", name, hint));
  }
  return failure(ErrorKind::not_found,
                 fmt::format("no model '{}' is here; `llf ls` lists what is", name));
}

}  // namespace

std::string_view without_hub_address(std::string_view name) {
  constexpr std::array<std::string_view, 2> kSchemes{"https://", "http://"};
  constexpr std::array<std::string_view, 3> kHosts{"huggingface.co/", "hf.co/", "hf:"};
  auto rest = name;
  for (const auto scheme : kSchemes) {
    if (rest.starts_with(scheme)) rest.remove_prefix(scheme.size());
  }
  for (const auto host : kHosts) {
    if (!rest.starts_with(host)) continue;
    rest.remove_prefix(host.size());
    while (rest.ends_with('/')) rest.remove_suffix(1);
    return rest;
  }
  return name;
}

std::vector<const ModelFile*> models_named(std::span<const ModelFile> models,
                                           std::string_view name) {
  const auto exact =
      std::ranges::find(models, name, [](const ModelFile& model) { return model.id.str(); });
  if (exact != models.end()) return {&*exact};
  const auto wanted = ascii_lower(without_hub_address(name));
  for (const auto& fits : levels()) {
    auto found = fitting(models, wanted, fits);
    if (!found.empty()) return found;
  }
  return {};
}

Expected<const ModelFile*> match_name(std::span<const ModelFile> models, std::string_view name) {
  const auto found = models_named(models, name);
  if (found.size() == 1) return found.front();
  if (found.size() > 1) return several(name, found);
  return unknown(models, name);
}

bool is_model_name(std::span<const ModelFile> models, std::string_view word) {
  const auto wanted = ascii_lower(without_hub_address(word));
  const std::span<const Fits> whole(levels().begin(), levels().size() - 1);
  return std::ranges::any_of(
      whole, [&](const Fits& fits) { return !fitting(models, wanted, fits).empty(); });
}

}  // namespace llf::store
