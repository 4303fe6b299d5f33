#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"
#include "gateway/request_body.hpp"

#include <utility>

namespace llf::gateway {
namespace {

Expected<std::string> name_of(const net::Request& request) {
  const auto object = object_of(request.body);
  return object ? json::get_string(*object, "name") : failure(object.error());
}

}  // namespace

Task<void> Gateway::list_keys(net::Request& /*request*/, net::Responder& responder) {
  json::Array list;
  for (const auto& key : options_.keys.all()) {
    list.push_back(json::Object{{"name", key.name}, {"created", key.created}});
  }
  co_await send(responder, json_response(json::Object{{"keys", std::move(list)}}));
}

Task<void> Gateway::create_key(net::Request& request, net::Responder& responder) {
  const auto name = name_of(request);
  const auto key = name ? options_.keys.create(*name) : failure(name.error());
  co_await send(responder, key ? json_response(json::Object{{"name", *name}, {"key", *key}})
                               : error_response(key.error()));
}

Task<void> Gateway::revoke_key(net::Request& request, net::Responder& responder) {
  const auto name = name_of(request);
  const auto revoked = name ? options_.keys.revoke(*name) : failure(name.error());
  co_await send(responder, revoked ? json_response(json::Object{{"revoked", true}})
                                   : error_response(revoked.error()));
}

}  // namespace llf::gateway
