#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"
#include "gateway/model_json.hpp"
#include "gateway/query.hpp"
#include "gateway/request_body.hpp"
#include "gateway/work_report.hpp"
#include "net/timer.hpp"

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

namespace llf::gateway {
namespace {

json::Array paths_json(const std::vector<std::filesystem::path>& paths) {
  json::Array list;
  for (const auto& path : paths) list.push_back(json::Value(path.native()));
  return list;
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

}  // namespace

Task<void> Gateway::control_models(net::Request& request, net::Responder& responder) {
  co_await options_.models.refresh();
  bool named = false;
  for (const auto& [key, value] : parse_query(request.query)) {
    if (key == "word") named = options_.names.is_name(value);
  }
  json::Array models;
  const auto chosen = options_.names.default_name();
  for (const auto& model : options_.names.list()) {
    models.push_back(json::Object{{"id", model.id.str()},
                                  {"path", model.path},
                                  {"size_bytes", model.size.bytes()},
                                  {"modified", model.modified},
                                  {"source", model.source},
                                  {"default", model.id == chosen},
                                  {"loaded", options_.scheduler.find(model.worker) != nullptr}});
  }
  json::Array places;
  for (const auto& place : options_.models.places()) {
    places.push_back(
        json::Object{{"path", place.root.native()}, {"source", store::to_string(place.source)}});
  }
  co_await send(responder, json_response(json::Object{{"models", std::move(models)},
                                                      {"named", named},
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
    co_await send(responder, error_response(model_error(model.error())));
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
  const auto model = options_.names.model_file(ModelId(*name));
  if (!model) {
    co_await send(responder, error_response(model_error(model.error())));
    co_return;
  }
  const auto removal = co_await options_.models.plan_removal(*model);
  Expected<void> removed;
  if (!removal) removed = failure(removal.error());
  if (removal && !*dry_run) {
    // Whoever is being answered gets the time that a stop gives.
    static_cast<void>(co_await options_.scheduler.unload(model->id));
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
      report_work(done, model->size.bytes(), responder));
  if (verified.winner == 1) co_return;
  if (!verified.first) {
    if (co_await responder.write(error_event(verified.first.error()))) {
      static_cast<void>(co_await responder.end());
    }
    co_return;
  }
  auto result = verification_json(*model, *verified.first);
  if (*repair && !result.at("right").get_bool()) {
    const auto prepared = co_await options_.models.repair(*model, *std::move(verified.first));
    result["repair"] = prepared ? json::Value(*prepared) : json::Value(nullptr);
    if (!prepared) result["repair_error"] = prepared.error().message;
  }
  if (co_await send_event(responder, result)) static_cast<void>(co_await responder.end());
}

}  // namespace llf::gateway
