#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"

namespace llf::gateway {
namespace {

constexpr std::string_view kModelPath = "/v1/models/";

json::Object model_object(const store::ModelFile& model) {
  return {{"id", model.id.str()},
          {"object", "model"},
          {"created", model.modified},
          {"owned_by", "llf"}};
}

}  // namespace

Task<void> Gateway::health(net::Request& /*request*/, net::Responder& responder) {
  co_await send(responder, json_response(json::Object{{"status", "ok"}}));
}

Task<void> Gateway::list_models(net::Request& /*request*/, net::Responder& responder) {
  json::Array data;
  for (const auto& model : options_.catalog.list()) data.push_back(model_object(model));
  co_await send(responder,
                json_response(json::Object{{"object", "list"}, {"data", std::move(data)}}));
}

Task<void> Gateway::show_model(net::Request& request, net::Responder& responder) {
  const auto model = options_.catalog.find(ModelId(request.path.substr(kModelPath.size())));
  if (!model) {
    co_await send(responder, error_response(model_error(model.error())));
    co_return;
  }
  co_await send(responder, json_response(model_object(*model)));
}

}  // namespace llf::gateway
