#include "scheduler/names.hpp"

#include "base/nearest.hpp"
#include "config/inference.hpp"
#include "store/name_match.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace llf::scheduler {

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

std::optional<remote::RemoteModel> Names::find_elsewhere(const std::string& name) const {
  if (elsewhere_ == nullptr || name.starts_with('/')) return std::nullopt;
  auto found = elsewhere_->find(name);
  if (!found) return std::nullopt;
  // Before a search on the disk, which a request for each of them would cost.
  const auto here = store::match_name(catalog_.list(), name);
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

Expected<Target> Names::target_named(const ModelId& name) const {
  const auto wanted = name.empty() ? default_name() : name;
  const auto profile = settings_.profiles.find(wanted.str());
  if (profile != settings_.profiles.end()) {
    const auto& [own_name, own] = *profile;
    if (auto model = find_elsewhere(own.model)) {
      return Target{.name = wanted,
                    .model = ModelId(model->id),
                    .worker = {},
                    .load = {},
                    .inference = config::overlay(settings_.inference, own.inference),
                    .prompt = own.prompt,
                    .elsewhere = std::move(model)};
    }
    const auto file = file_of(own.model);
    if (file) return target_of(*profile, *file);
    return failure(file.error().with_context(fmt::format("the profile '{}'", wanted.str())));
  }
  if (auto model = find_elsewhere(wanted.str())) {
    return Target{.name = ModelId(model->id),
                  .model = ModelId(model->id),
                  .worker = {},
                  .load = {},
                  .inference = settings_.inference,
                  .prompt = {},
                  .elsewhere = std::move(model)};
  }
  const auto file = catalog_.find(wanted);
  if (file) {
    return Target{.name = file->id,
                  .model = file->id,
                  .worker = file->id,
                  .load = plain_load(*file),
                  .inference = settings_.inference,
                  .prompt = {}};
  }
  std::vector<std::string> names;
  for (const auto& [known, unused] : settings_.profiles) names.push_back(known);
  if (elsewhere_ != nullptr) std::ranges::move(elsewhere_->models(), std::back_inserter(names));
  const auto hint = did_you_mean(wanted.str(), names);
  if (hint.empty()) return failure(file.error());
  return failure(ErrorKind::not_found, fmt::format("no model '{}' is here.{}", wanted.str(), hint));
}

Expected<store::ModelFile> Names::model_file(const ModelId& name) const {
  const auto wanted = name.empty() ? default_name() : name;
  const auto profile = settings_.profiles.find(wanted.str());
  const auto model = profile == settings_.profiles.end() ? wanted.str() : profile->second.model;
  if (find_elsewhere(model)) {
    return failure(ErrorKind::not_found,
                   fmt::format("'{}' is a model of an endpoint: it has no file here", model));
  }
  return file_of(model);
}

bool Names::is_name(std::string_view word) const {
  if (settings_.profiles.contains(word) || store::is_model_name(catalog_.list(), word)) return true;
  const auto there = elsewhere_ == nullptr ? std::nullopt : elsewhere_->find(word);
  return there && there->id == word;
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
    if (find_elsewhere(profile.second.model)) {
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
