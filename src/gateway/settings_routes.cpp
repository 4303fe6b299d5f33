#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"

#include <utility>

namespace llf::gateway {
namespace {

json::Object report_json(const SettingsReport& report) {
  json::Array changes;
  for (const auto& change : report.changes) changes.push_back(config::as_json(change));
  json::Array workers;
  for (const auto& worker : report.workers) workers.push_back(json::Value(worker.str()));
  return {{"changes", std::move(changes)},
          {"workers", std::move(workers)},
          {"restart", json::Array(report.restart.begin(), report.restart.end())},
          {"error", report.error ? json::Value(*report.error) : json::Value(nullptr)}};
}

/// The `text` of a request's body.
Expected<std::string> text_of(const net::Request& request) {
  const auto value = json::parse(request.body);
  if (!value) return failure(value.error().with_context("the body is not valid JSON"));
  const auto object = json::as_object(*value, "the body");
  if (!object) return failure(object.error());
  return json::get_string(*object, "text");
}

}  // namespace

Task<void> Gateway::reload_settings(net::Request& /*request*/, net::Responder& responder) {
  co_await send(responder, json_response(report_json(options_.reload_settings())));
}

Task<void> Gateway::compare_settings(net::Request& request, net::Responder& responder) {
  const auto text = text_of(request);
  const auto report = text ? options_.compare_settings(*text) : failure(text.error());
  co_await send(responder,
                report ? json_response(report_json(*report)) : error_response(report.error()));
}

}  // namespace llf::gateway
