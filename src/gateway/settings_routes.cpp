#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"
#include "gateway/request_body.hpp"

#include <cstdint>
#include <limits>
#include <utility>

namespace llf::gateway {
namespace {

json::Array names_of(const std::vector<ModelId>& workers) {
  json::Array names;
  for (const auto& worker : workers) names.push_back(json::Value(worker.str()));
  return names;
}

json::Object report_json(const SettingsReport& report) {
  json::Array changes;
  for (const auto& change : report.changes) changes.push_back(config::as_json(change));
  return {{"changes", std::move(changes)},
          {"workers", names_of(report.workers.loading)},
          {"ending", names_of(report.workers.ending)},
          {"restart", json::Array(report.restart.begin(), report.restart.end())},
          {"error", report.error ? json::Value(*report.error) : json::Value(nullptr)}};
}

/// Of a report of what is happening only now.
constexpr auto kNow = std::numeric_limits<std::int64_t>::max();

}  // namespace

Task<void> Gateway::reload_settings(net::Request& request, net::Responder& responder) {
  const auto body = object_of(request.body);
  const auto since = body ? json::get_int_or(*body, "since", kNow) : failure(body.error());
  co_await send(responder, since ? json_response(report_json(options_.reload_settings(*since)))
                                 : error_response(since.error()));
}

Task<void> Gateway::compare_settings(net::Request& request, net::Responder& responder) {
  const auto body = object_of(request.body);
  const auto text = body ? json::get_string(*body, "text") : failure(body.error());
  const auto report = text ? options_.compare_settings(*text) : failure(text.error());
  co_await send(responder,
                report ? json_response(report_json(*report)) : error_response(report.error()));
}

}  // namespace llf::gateway
