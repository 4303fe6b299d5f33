#include "gateway/answer.hpp"
#include "gateway/download_json.hpp"
#include "gateway/gateway.hpp"
#include "gateway/model_json.hpp"
#include "gateway/query.hpp"
#include "gateway/request_body.hpp"
#include "gateway/work_report.hpp"
#include "hub/download_list.hpp"
#include "hub/repair.hpp"
#include "net/timer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace llf::gateway {
namespace {

json::Array paths_json(const std::vector<std::filesystem::path>& paths) {
  json::Array list;
  for (const auto& path : paths) list.push_back(json::Value(path.native()));
  return list;
}

json::Object brief_json(const scheduler::Listed& model) {
  return {{"id", model.id.str()}, {"size_bytes", model.size.bytes()}, {"source", model.source}};
}

json::Object listed_json(const scheduler::Listed& model) {
  return {{"id", model.id.str()},
          {"path", model.path},
          {"size_bytes", model.size.bytes()},
          {"modified", model.modified},
          {"source", model.source}};
}

/// A worker whose process failed or ended has nothing in memory.
bool is_loaded(const worker::Worker* worker) {
  if (worker == nullptr) return false;
  const auto state = worker->status().state;
  return state == worker::WorkerState::starting || state == worker::WorkerState::ready;
}

/// The download that is not done which a name means that nothing here has.
std::optional<hub::DownloadStatus> download_meant(const GatewayOptions& options,
                                                  const std::string& name) {
  using State = hub::DownloadStatus::State;
  if (!options.names.meant_by(name).empty()) return std::nullopt;
  auto list = options.downloads.list();
  std::erase_if(list, [](const auto& one) { return one.state == State::done; });
  std::vector<std::string> names;
  names.reserve(list.size());
  for (const auto& one : list) names.push_back(one.model);
  const auto meant = hub::match_download(names, name);
  if (!meant) return std::nullopt;
  return *std::ranges::find(list, *meant, &hub::DownloadStatus::model);
}

/// "m is being downloaded, 40 % of it has come: …".
std::string download_note(const hub::DownloadStatus& download) {
  using State = hub::DownloadStatus::State;
  const auto& [done, size] = std::pair(download.progress.done, download.progress.size);
  const auto come = size > 0 ? fmt::format("{} % of it has come", done * 100 / size)
                             : fmt::format("{} of it have come", to_string(ByteSize(done)));
  if (download.state == State::queued || download.state == State::running) {
    return fmt::format("{} is being downloaded, {}: `llf model downloads` shows it", download.model,
                       come);
  }
  return fmt::format(
      "the download of {0} has ended early, {1}: `llf model download {0}` goes on "
      "with it",
      download.model, come);
}

/// The error of a name that nothing here has: the model may be on its way.
Error absence_of(const GatewayOptions& options, const std::string& name, Error error) {
  if (error.kind != ErrorKind::not_found) return error;
  if (const auto download = download_meant(options, name)) error.message = download_note(*download);
  return error;
}

json::Array ranges_json(const std::vector<ByteRange>& ranges) {
  json::Array list;
  for (const auto& range : ranges) list.push_back(json::Array{range.begin, range.end});
  return list;
}

json::Object verification_json(const store::ModelFile& model,
                               const std::vector<store::VerifiedFile>& files) {
  json::Array list;
  bool right = true;
  for (const auto& file : files) {
    right = right && file.right();
    list.push_back(json::Object{
        {"path", file.path},
        {"size_bytes", file.size},
        {"sha256", file.sha256.hex()},
        {"expected", file.expected ? json::Value(file.expected->hex()) : json::Value(nullptr)},
        {"broken", file.broken.empty() ? json::Value(nullptr) : json::Value(file.broken)},
        {"damage", ranges_json(file.damage)},
        {"right", file.right()}});
  }
  return {{"model", model.id.str()},
          {"source", store::to_string(model.source)},
          {"right", right},
          {"files", std::move(list)}};
}

/// What an engine has of a damaged file is damaged, too, whoever's profile it serves.
Task<void> unload_damaged(scheduler::Scheduler& scheduler, std::vector<std::string> files) {
  static_cast<void>(co_await scheduler.unload_files(std::move(files)));
}

/// A model that is being fetched, or repaired, would be there again after its removal.
Expected<void> check_is_not_fetched(const hub::Downloads& downloads,
                                    const store::Removal& removal) {
  for (const auto* places : {&removal.names, &removal.contents}) {
    for (const auto& place : *places) {
      const auto fetched = downloads.fetches(place);
      if (fetched.empty()) continue;
      return failure(ErrorKind::conflict,
                     fmt::format("{0} is being fetched: wait for that, or stop it with `llf model "
                                 "downloads --stop {0}`",
                                 fetched));
    }
  }
  return {};
}

/// The file that a name means, which is no profile's in a shortened form: who asks for that may not
/// know that it stands for another model.
Expected<store::ModelFile> removable(const GatewayOptions& options, const std::string& name) {
  auto model = options.names.model_file(ModelId(name));
  const auto meant = options.names.meant_by(name);
  if (!model || meant.size() != 1 || name.starts_with('/')) return model;
  const auto& one = meant.front().str();
  if (one == name || one == model->id.str() || !options.settings.profiles.contains(one)) {
    return model;
  }
  return failure(ErrorKind::invalid,
                 fmt::format("'{}' is short for the profile '{}' of {}: name the model itself, "
                             "`llf model remove {}`",
                             name, one, model->id.str(), model->id.str()));
}

/// Begins to fetch what is damaged of a model anew, which stays as it is until that is here.
/// Returns what names that download. `body` may name another hub.
Task<Expected<std::string>> begin_repair(const GatewayOptions& options,
                                         const store::ModelFile& model,
                                         std::vector<store::VerifiedFile> files,
                                         const json::Object& body) {
  auto endpoint = read_endpoint(body, options.hub);
  if (!endpoint) co_return failure(endpoint.error());
  auto request = hub::repair_request(model, options.downloads.places().cache, *std::move(endpoint));
  if (!request) co_return failure(request.error());
  std::erase_if(files, [](const auto& file) { return !hub::is_repairable(file); });
  if (files.empty()) {
    co_return failure(ErrorKind::corrupt, "it is as its source has it, and no model");
  }
  auto plan = co_await options.downloads.plan(*std::move(request));
  if (!plan) co_return failure(plan.error());
  if (auto planned = hub::plan_repair(*plan, files); !planned) co_return failure(planned.error());
  const auto download = options.downloads.start(
      *std::move(plan), [&scheduler = options.scheduler, all = model.files()] {
        return unload_damaged(scheduler, all);
      });
  if (!download) co_return failure(download.error());
  co_return download->status().model;
}

}  // namespace

Task<void> Gateway::control_models(net::Request& request, net::Responder& responder) {
  co_await refresh_models();
  bool named = false;
  bool begun = false;
  bool brief = false;
  json::Array meant;
  json::Value absence = nullptr;
  json::Value download = nullptr;
  for (const auto& [key, value] : parse_query(request.query)) {
    if (key == "word") {
      const auto target = options_.names.resolve(ModelId(value));
      named = options_.names.is_name(value);
      begun = target.has_value();
      for (const auto& id : options_.names.meant_by(value)) meant.push_back(json::Value(id.str()));
      if (!target) absence = absence_of(options_, value, target.error()).message;
      if (const auto coming = download_meant(options_, value)) download = coming->model;
    }
    if (key == "brief") brief = value == "1";
  }
  json::Array models;
  const auto chosen = options_.names.default_name();
  for (const auto& model : options_.names.list()) {
    const bool loaded = is_loaded(options_.scheduler.find(model.worker).get());
    models.push_back(brief ? brief_json(model) : listed_json(model));
    auto& told = models.back().get_object();
    if (!brief || model.id == chosen) told["default"] = model.id == chosen;
    if (!brief || loaded) told["loaded"] = loaded;
  }
  json::Array places;
  for (const auto& place : options_.models.places()) {
    places.push_back(
        json::Object{{"path", place.root.native()}, {"source", store::to_string(place.source)}});
  }
  co_await send(responder, json_response(json::Object{{"models", std::move(models)},
                                                      {"named", named},
                                                      {"begun", begun},
                                                      {"meant", std::move(meant)},
                                                      {"absence", std::move(absence)},
                                                      {"download", std::move(download)},
                                                      {"places", std::move(places)}}));
}

Task<void> Gateway::model_info(net::Request& request, net::Responder& responder) {
  co_await options_.models.refresh();
  ModelId name;
  for (auto& [key, value] : parse_query(request.query)) {
    if (key == "name") name = ModelId(std::move(value));
  }
  const auto model = options_.names.model_file(name);
  if (!model) {
    co_await send(responder,
                  error_response(model_error(absence_of(options_, name.str(), model.error()))));
    co_return;
  }
  const auto details = co_await options_.models.details(*model);
  co_await send(responder, details ? json_response(model_json(*model, *details))
                                   : error_response(details.error()));
}

Task<void> Gateway::remove_model(net::Request& request, net::Responder& responder) {
  co_await options_.models.refresh();
  const auto body = object_of(request.body);
  const auto name = body ? json::get_string(*body, "model") : failure(body.error());
  const auto dry_run = name ? json::get_flag(*body, "dry_run") : failure(name.error());
  if (!dry_run) {
    co_await send(responder, error_response(dry_run.error()));
    co_return;
  }
  if (name->empty()) {  // elsewhere it stands for the default: nobody means that here
    co_await send(responder, error_response(Error{.kind = ErrorKind::invalid,
                                                  .message = "'model' is empty: name the model "
                                                             "that is to be removed"}));
    co_return;
  }
  const auto model = removable(options_, *name);
  if (!model) {
    co_await send(responder,
                  error_response(model_error(absence_of(options_, *name, model.error()))));
    co_return;
  }
  const auto removal = co_await options_.models.plan_removal(*model);
  Expected<void> removed;
  if (!removal) removed = failure(removal.error());
  if (removal && !*dry_run) removed = check_is_not_fetched(options_.downloads, *removal);
  if (removed && !*dry_run) {
    // Whoever is being answered gets the time that a stop gives.
    static_cast<void>(co_await options_.scheduler.unload_files(model->files()));
    removed = co_await options_.models.remove(*removal);
  }
  if (!removed) {
    co_await send(responder, error_response(removed.error()));
    co_return;
  }
  co_await send(responder, json_response(json::Object{{"model", model->id.str()},
                                                      {"removed", !*dry_run},
                                                      {"freed_bytes", removal->freed.bytes()},
                                                      {"files", paths_json(removal->names)},
                                                      {"kept", paths_json(removal->kept)}}));
}

Task<void> Gateway::prune_models(net::Request& request, net::Responder& responder) {
  const auto body = object_of(request.body);
  const auto dry_run = body ? json::get_flag(*body, "dry_run") : failure(body.error());
  const auto pruned =
      dry_run ? co_await options_.models.leftovers(options_.downloads.targets(),
                                                   *dry_run ? Prune::tell : Prune::remove)
              : failure(dry_run.error());
  if (!pruned) {
    co_await send(responder, error_response(pruned.error()));
    co_return;
  }
  json::Array files;
  std::uint64_t freed = 0;
  for (const auto& one : *pruned) {
    freed += one.size.bytes();
    files.push_back(json::Object{{"path", one.path.native()},
                                 {"kind", store::to_string(one.kind)},
                                 {"size_bytes", one.size.bytes()}});
  }
  co_await send(responder,
                json_response(json::Object{
                    {"removed", !*dry_run}, {"freed_bytes", freed}, {"files", std::move(files)}}));
}

Task<void> Gateway::verify_model(net::Request& request, net::Responder& responder) {
  co_await options_.models.refresh();
  const auto body = object_of(request.body);
  const auto name = body ? json::get_string_or(*body, "model", "") : failure(body.error());
  const auto repair = name ? json::get_flag(*body, "repair") : failure(name.error());
  const auto model = repair ? options_.names.model_file(ModelId(*name)) : failure(repair.error());
  if (!model) {
    co_await send(responder, error_response(model_error(model.error())));
    co_return;
  }
  if (!co_await responder.begin(200, event_stream_headers())) co_return;
  const auto done = std::make_shared<std::uint64_t>(0);
  auto verified = co_await net::race(
      options_.models.verify(*model, [done](std::uint64_t bytes) { *done = bytes; }),
      report_work(done, size_with_projector(*model), responder));
  if (verified.winner == 1) co_return;
  if (!verified.first) {
    if (co_await responder.write(error_event(verified.first.error()))) {
      static_cast<void>(co_await responder.end());
    }
    co_return;
  }
  auto result = verification_json(*model, *verified.first);
  if (*repair && !result.at("right").get_bool()) {
    const auto begun = co_await begin_repair(options_, *model, *std::move(verified.first), *body);
    result["repair"] = begun ? json::Value(*begun) : json::Value(nullptr);
    if (!begun) result["repair_error"] = begun.error().message;
  }
  if (co_await send_event(responder, result)) static_cast<void>(co_await responder.end());
}

}  // namespace llf::gateway
