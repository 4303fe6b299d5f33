#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"

#include <algorithm>

namespace llf::gateway {
namespace {

constexpr std::string_view kModelPath = "/v1/models/";

json::Object model_object(const scheduler::Listed& model) {
  return {{"id", model.id.str()},
          {"object", "model"},
          {"created", model.modified},
          {"owned_by", "llf"}};
}

}  // namespace

Task<void> Gateway::health(net::Request& /*request*/, net::Responder& responder) {
  co_await send(responder, json_response(json::Object{{"status", "ok"}}));
}

Task<void> Gateway::refresh_models() {
  co_await options_.models.refresh();
  co_await options_.elsewhere.refresh();
}

Task<void> Gateway::list_models(net::Request& /*request*/, net::Responder& responder) {
  co_await refresh_models();
  json::Array data;
  for (const auto& model : options_.names.list()) data.push_back(model_object(model));
  co_await send(responder,
                json_response(json::Object{{"object", "list"}, {"data", std::move(data)}}));
}

Task<void> Gateway::show_model(net::Request& request, net::Responder& responder) {
  co_await refresh_models();
  const ModelId id(request.path.substr(kModelPath.size()));
  const auto all = options_.names.list();
  const auto model = std::ranges::find(all, id, &scheduler::Listed::id);
  if (model != all.end()) {
    co_await send(responder, json_response(model_object(*model)));
    co_return;
  }
  const auto target = options_.names.resolve(id);
  co_await send(
      responder,
      error_response(model_error(target ? Error{.kind = ErrorKind::not_found, .message = id.str()}
                                        : target.error())));
}

}  // namespace llf::gateway
