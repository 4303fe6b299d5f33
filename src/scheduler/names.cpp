#include "scheduler/names.hpp"

#include "base/nearest.hpp"
#include "config/inference.hpp"
#include "store/name_match.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace llf::scheduler {
namespace {

/// The file of that whole name, which is what nearly every request has; null where there is none.
/// Shortened names are compared with all, spelt in many ways.
const store::ModelFile* whole_file(store::Catalog& catalog, const ModelId& name) {
  const auto& files = catalog.list();
  const auto at = std::ranges::find(files, name, &store::ModelFile::id);
  return at == files.end() ? nullptr : &*at;
}

/// The model that a name may mean, beside it only aliases and profiles of it; else null.
const store::ModelFile* same_file(store::Catalog& catalog, const config::Settings& settings,
                                  const std::vector<const store::ModelFile*>& meant) {
  const store::ModelFile* same = nullptr;
  bool is_itself = false;
  for (const auto* one : meant) {
    const auto profile = settings.profiles.find(one->id.str());
    const bool is_profile = profile != settings.profiles.end();
    const auto file =
        store::match_name(catalog.list(), is_profile ? profile->second.model : one->id.str());
    if (!file || (same != nullptr && *file != same)) return nullptr;
    same = *file;
    is_itself = is_itself || !is_profile;
  }
  return is_itself ? same : nullptr;
}

}  // namespace

ModelId worker_of_mode(const ModelId& model, worker::Mode mode) {
  switch (mode) {
    case worker::Mode::embed:
      return ModelId(fmt::format("{} (embeddings)", model.str()));
    case worker::Mode::rerank:
      return ModelId(fmt::format("{} (reranking)", model.str()));
    case worker::Mode::generate:
      break;
  }
  return model;
}

Names::Names(store::Catalog& catalog, const config::Settings& settings,
             const remote::Directory* elsewhere)
    : catalog_(catalog), settings_(settings), elsewhere_(elsewhere) {}

std::vector<store::ModelFile> Names::all_here() const {
  std::vector<store::ModelFile> all;
  std::set<std::string_view> models;
  for (const auto& file : catalog_.list()) {
    models.insert(file.id.str());
    all.push_back({.id = file.id, .path = file.path, .repository = file.repository});
  }
  for (const auto& [name, profile] : settings_.profiles) {
    if (!models.contains(name)) all.push_back({.id = ModelId(name)});
  }
  return all;
}

std::optional<remote::RemoteModel> Names::find_elsewhere(
    const std::string& name, std::span<const store::ModelFile> all) const {
  if (elsewhere_ == nullptr || name.starts_with('/')) return std::nullopt;
  auto found = elsewhere_->find(name);
  if (!found) return std::nullopt;
  // Before a search on the disk, which a request for each of them would cost.
  const auto here = store::match_name(all, name);
  if (!here && here.error().kind == ErrorKind::not_found) return found;
  // A whole name there before a shortened one here.
  const bool whole_there = found->id == name;
  const bool whole_here = here && (*here)->id.str() == name;
  return whole_there && !whole_here ? found : std::nullopt;
}

Expected<store::ModelFile> Names::file_of(const std::string& model) const {
  if (model.starts_with('/')) return store::read_model_file(model);
  return catalog_.find(ModelId(model));
}

Load Names::plain_load(const store::ModelFile& file) const {
  return {.path = file.path,
          .further = file.further,
          .projector = file.projector,
          .size = file.size,
          .engine = settings_.engine.path,
          .context = settings_.engine.context,
          .slots = settings_.engine.slots,
          .arguments = config::engine_arguments({}, settings_.engine.arguments)};
}

Target Names::target_of(const config::Profiles::value_type& named,
                        const store::ModelFile& file) const {
  const auto& [name, profile] = named;
  const auto plain = plain_load(file);
  auto load = plain;
  if (profile.context) load.context = profile.context;
  if (profile.slots) load.slots = profile.slots;
  load.arguments = config::engine_arguments(settings_.engine.arguments, profile.arguments);
  // A profile of the model's own name owns that name, and with it the worker of that name.
  const auto owner = settings_.profiles.find(file.id.str());
  const bool taken = owner != settings_.profiles.end() && owner->first != name;
  const bool shares = load == plain && !taken && !profile.model.starts_with('/');
  const auto model = shares ? file.id : ModelId(name);
  return {.name = ModelId(name),
          .model = model,
          .worker = model,
          .load = std::move(load),
          .inference = config::overlay(settings_.inference, profile.inference),
          .prompt = profile.prompt};
}

Expected<Target> Names::resolve(const ModelId& name, worker::Mode mode) const {
  auto target = target_named(name);
  if (target && !target->elsewhere) {
    target->load.mode = mode;
    target->worker = worker_of_mode(target->model, mode);
  }
  return target;
}

Expected<Target> Names::profile_target(const config::Profiles::value_type& named) const {
  const auto& [name, profile] = named;
  if (auto model = find_elsewhere(profile.model, catalog_.list())) {
    return Target{.name = ModelId(name),
                  .model = ModelId(model->id),
                  .worker = {},
                  .load = {},
                  .inference = config::overlay(settings_.inference, profile.inference),
                  .prompt = profile.prompt,
                  .elsewhere = std::move(model)};
  }
  const auto file = file_of(profile.model);
  if (file) return target_of(named, *file);
  return failure(file.error().with_context(fmt::format("the profile '{}'", name)));
}

Expected<Target> Names::target_named(const ModelId& name) const {
  const auto wanted = name.empty() ? default_name() : name;
  const auto whole = settings_.profiles.find(wanted.str());
  if (whole != settings_.profiles.end()) return profile_target(*whole);
  const auto plain = [this](const store::ModelFile& file) {
    return Target{.name = file.id,
                  .model = file.id,
                  .worker = file.id,
                  .load = plain_load(file),
                  .inference = settings_.inference,
                  .prompt = {}};
  };
  if (const auto* file = whole_file(catalog_, wanted)) return plain(*file);
  const auto all = all_here();
  if (auto model = find_elsewhere(wanted.str(), all)) {
    return Target{.name = ModelId(model->id),
                  .model = ModelId(model->id),
                  .worker = {},
                  .load = {},
                  .inference = settings_.inference,
                  .prompt = {},
                  .elsewhere = std::move(model)};
  }
  const auto found = store::match_name(all, wanted.str());
  if (!found) {
    const auto* same = same_file(catalog_, settings_, store::models_named(all, wanted.str()));
    if (same != nullptr) return plain(*same);
  }
  if (!found) return failure(unknown(wanted.str(), found.error(), all));
  const auto shortened = settings_.profiles.find((*found)->id.str());
  if (shortened != settings_.profiles.end()) return profile_target(*shortened);
  const auto file = catalog_.find((*found)->id);
  if (!file) return failure(file.error());
  return plain(*file);
}

Error Names::unknown(const std::string& name, Error why,
                     std::span<const store::ModelFile> all) const {
  if (elsewhere_ == nullptr || !store::models_named(all, name).empty()) return why;
  auto names = elsewhere_->models();
  for (const auto& one : all) names.push_back(one.id.str());
  const auto hint = did_you_mean(name, names);
  if (!hint.empty()) why.message = fmt::format("no model '{}' is here.{}", name, hint);
  return why;
}

Expected<store::ModelFile> Names::model_file(const ModelId& name) const {
  const auto wanted = name.empty() ? default_name() : name;
  if (!settings_.profiles.contains(wanted.str())) {
    if (const auto* file = whole_file(catalog_, wanted)) return *file;
  }
  const auto all = all_here();
  const auto found = store::models_named(all, wanted.str());
  if (const auto* same = same_file(catalog_, settings_, found); same && found.size() > 1) {
    return *same;
  }
  if (found.size() > 1 && !find_elsewhere(wanted.str(), all)) {
    return failure(store::match_name(all, wanted.str()).error());
  }
  const auto profile = found.size() == 1 ? settings_.profiles.find(found.front()->id.str())
                                         : settings_.profiles.end();
  const auto model = profile == settings_.profiles.end() ? wanted.str() : profile->second.model;
  if (find_elsewhere(model, catalog_.list())) {
    return failure(ErrorKind::not_found,
                   fmt::format("'{}' is a model of an endpoint: it has no file here", model));
  }
  return file_of(model);
}

bool Names::is_name(std::string_view word) const {
  const ModelId name((std::string(word)));
  if (settings_.profiles.contains(name.str()) || whole_file(catalog_, name) != nullptr) return true;
  if (store::is_model_name(all_here(), word)) return true;
  const auto there = elsewhere_ == nullptr ? std::nullopt : elsewhere_->find(word);
  return there && there->id == word;
}

std::vector<ModelId> Names::meant_by(std::string_view word) const {
  const auto all = all_here();
  std::vector<ModelId> meant;
  for (const auto* one : store::models_named(all, word)) meant.push_back(one->id);
  return meant;
}

ModelId Names::model_of(const ModelId& name) const {
  const auto target = target_named(name);
  return target ? target->model : name;
}

ModelId Names::default_name() const {
  const auto& chosen = settings_.models.default_model;
  return chosen.empty() ? catalog_.default_model() : ModelId(chosen);
}

std::vector<Listed> Names::list() const {
  std::vector<Listed> all;
  const auto& files = catalog_.list();
  // Not file_of, which would read the folders again for each model that is not there.
  const auto find = [&](const std::string& model) -> std::optional<store::ModelFile> {
    if (model.starts_with('/')) {
      auto file = store::read_model_file(model);
      return file ? std::optional(*std::move(file)) : std::nullopt;
    }
    const auto found = store::match_name(files, model);
    return found ? std::optional(**found) : std::nullopt;
  };
  for (const auto& profile : settings_.profiles) {
    if (find_elsewhere(profile.second.model, files)) {
      all.push_back({.id = ModelId(profile.first),
                     .worker = {},
                     .path = {},
                     .size = {},
                     .source = "profile"});
      continue;
    }
    const auto file = find(profile.second.model);
    if (!file) continue;
    all.push_back({.id = ModelId(profile.first),
                   .worker = target_of(profile, *file).worker,
                   .path = file->path,
                   .size = file->size,
                   .modified = file->modified,
                   .source = "profile"});
  }
  for (const auto& file : files) {
    if (settings_.profiles.contains(file.id.str())) continue;
    all.push_back({.id = file.id,
                   .worker = file.id,
                   .path = file.path,
                   .size = file.size,
                   .modified = file.modified,
                   .source = store::to_string(file.source)});
  }
  if (elsewhere_ != nullptr) {
    for (auto& model : elsewhere_->models()) {
      const bool is_here =
          settings_.profiles.contains(model) ||
          std::ranges::find(files, ModelId(model), &store::ModelFile::id) != files.end();
      if (is_here) continue;
      all.push_back({.id = ModelId(std::move(model)),
                     .worker = {},
                     .path = {},
                     .size = {},
                     .source = "endpoint"});
    }
  }
  std::ranges::sort(all, {}, &Listed::id);
  return all;
}

Retention Names::retention(const ModelId& model, const std::set<ModelId>& asked_by) const {
  const auto general = settings_.models.keep_alive;
  std::vector<std::chrono::seconds> wishes;
  for (const auto& name : asked_by) {
    const auto profile = settings_.profiles.find(name.str());
    const bool is_profile = profile != settings_.profiles.end();
    if (!is_profile && name != model) continue;
    wishes.push_back(is_profile ? profile->second.keep_alive.value_or(general) : general);
  }
  if (wishes.empty()) wishes.push_back(general);
  const bool for_ever = std::ranges::find(wishes, std::chrono::seconds{}) != wishes.end();
  const bool pinned = std::ranges::any_of(settings_.profiles, [&](const auto& named) {
    return named.second.pinned && model_of(ModelId(named.first)) == model;
  });
  return {.pinned = pinned,
          .keep_alive = for_ever ? std::chrono::seconds{} : std::ranges::max(wishes)};
}

}  // namespace llf::scheduler
