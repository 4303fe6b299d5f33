#include "hub/download_list.hpp"

#include "base/limits.hpp"
#include "json/json.hpp"
#include "log/log.hpp"
#include "os/atomic_file.hpp"
#include "os/paths.hpp"
#include "store/name_match.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace llf::hub {
namespace {

std::uint64_t count_in(const json::Object& object, std::string_view key) {
  return static_cast<std::uint64_t>(
      std::max<std::int64_t>(json::get_int_or(object, key, 0).value_or(0), 0));
}

std::vector<std::filesystem::path> places_in(const json::Object& object) {
  std::vector<std::filesystem::path> places;
  const auto* list = object.if_contains("places");
  if (list == nullptr || !list->is_array()) return places;
  for (const auto& place : list->get_array()) {
    if (place.is_string()) places.emplace_back(std::string(place.get_string()));
  }
  return places;
}

/// "ORG/REPO:QUANTISATION", or the name of a file.
store::ModelFile as_model(const std::string& name) {
  return {.id = ModelId(name),
          .path = name,
          .repository = name.contains('/') ? name.substr(0, name.find(':')) : std::string()};
}

}  // namespace

void save_download_list(const std::filesystem::path& file,
                        const std::vector<ListedDownload>& downloads) {
  json::Array list;
  for (const auto& download : downloads) {
    json::Array places;
    for (const auto& place : download.places) places.push_back(json::Value(place.native()));
    list.push_back(json::Object{{"model", download.model},
                                {"size", download.size},
                                {"places", std::move(places)},
                                {"state", download.state},
                                {"error", download.error}});
  }
  if (auto made = os::ensure_dir(file.parent_path()); !made) return;
  const auto text = json::write_pretty(json::Object{{"downloads", std::move(list)}});
  if (auto saved = os::replace_file(file, text); !saved) {
    log::warn("hub", "the list of downloads: {}", saved.error().message);
  }
}

std::vector<ListedDownload> load_download_list(const std::filesystem::path& file) {
  std::vector<ListedDownload> downloads;
  const auto text = os::read_file(file, limits::kManifestFile);
  const auto value = text ? json::parse(*text) : failure(text.error());
  const auto* object = value ? value->if_object() : nullptr;
  const auto* list = object == nullptr ? nullptr : object->if_contains("downloads");
  if (list == nullptr || !list->is_array()) return downloads;
  for (const auto& item : list->get_array()) {
    const auto* one = item.if_object();
    auto model = one == nullptr ? "" : json::get_string_or(*one, "model", "").value_or("");
    if (model.empty()) continue;
    downloads.push_back({.model = std::move(model),
                         .size = count_in(*one, "size"),
                         .places = places_in(*one),
                         .state = json::get_string_or(*one, "state", "").value_or(""),
                         .error = json::get_string_or(*one, "error", "").value_or("")});
  }
  return downloads;
}

Expected<std::string> match_download(const std::vector<std::string>& names, std::string_view name) {
  std::vector<store::ModelFile> models;
  models.reserve(names.size());
  for (const auto& one : names) models.push_back(as_model(one));
  const auto found = store::models_named(models, name);
  if (found.size() == 1) return found.front()->id.str();
  if (found.empty()) {
    return failure(
        ErrorKind::not_found,
        fmt::format("no download of '{}' is known; `llf model downloads` lists them", name));
  }
  std::vector<std::string> fitting;
  fitting.reserve(found.size());
  for (const auto* model : found) fitting.push_back(model->id.str());
  return failure(ErrorKind::not_found, fmt::format("'{}' may be any of these, say which: {}", name,
                                                   fmt::join(fitting, ", ")));
}

}  // namespace llf::hub
