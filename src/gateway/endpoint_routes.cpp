#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"

#include <array>
#include <chrono>
#include <utility>

namespace llf::gateway {
namespace {

std::string_view to_string(remote::Health::State state) {
  constexpr std::array<std::string_view, 3> kNames{"good", "paused", "trying"};
  return kNames.at(static_cast<std::size_t>(state));
}

json::Object endpoint_json(const remote::EndpointStatus& endpoint) {
  const auto pause =
      endpoint.pause ? json::Value(std::chrono::ceil<std::chrono::seconds>(*endpoint.pause).count())
                     : json::Value(nullptr);
  return {{"name", endpoint.name},
          {"url", endpoint.url},
          {"state", to_string(endpoint.state)},
          {"pause_s", pause},
          {"active", endpoint.active},
          {"models", json::Array(endpoint.models.begin(), endpoint.models.end())},
          {"error", endpoint.error.empty() ? json::Value(nullptr) : json::Value(endpoint.error)}};
}

}  // namespace

Task<void> Gateway::list_endpoints(net::Request& /*request*/, net::Responder& responder) {
  co_await options_.elsewhere.refresh();
  json::Array all;
  for (const auto& endpoint : options_.elsewhere.status()) all.push_back(endpoint_json(endpoint));
  co_await send(responder, json_response(json::Object{{"endpoints", std::move(all)}}));
}

}  // namespace llf::gateway
