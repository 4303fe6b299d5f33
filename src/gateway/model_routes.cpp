#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"
#include "gateway/model_json.hpp"
#include "gateway/query.hpp"

#include <utility>

namespace llf::gateway {

Task<void> Gateway::control_models(net::Request& /*request*/, net::Responder& responder) {
  co_await options_.models.refresh();
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

}  // namespace llf::gateway
