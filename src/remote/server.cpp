#include "remote/server.hpp"

#include "base/limits.hpp"
#include "json/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace llf::remote {
namespace {

constexpr int kOk = 200;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;

constexpr net::Timeouts kQuick{.connect = limits::kModelsTimeout,
                               .send = limits::kModelsTimeout,
                               .head = limits::kModelsTimeout,
                               .read = limits::kModelsTimeout};

Error list_error(const Server& server, int status) {
  if (status == kUnauthorized || status == kForbidden) {
    return {.kind = ErrorKind::upstream,
            .message = fmt::format("it refuses the key ({}): set endpoints.{}.api_key", status,
                                   server.name)};
  }
  return {
      .kind = ErrorKind::upstream,
      .message = fmt::format("it answered {} to {}: name its models in endpoints.{}.models, or "
                             "correct endpoints.{}.url",
                             status, server.url.at("models").shown(), server.name, server.name)};
}

Expected<std::vector<std::string>> read_models(std::string_view text) {
  const auto value = json::parse(text);
  const auto* data =
      value && value->is_object() ? value->get_object().if_contains("data") : nullptr;
  if (data == nullptr || !data->is_array()) {
    return failure(ErrorKind::upstream, "what it answers is no list of models");
  }
  std::vector<std::string> models;
  for (const auto& one : data->get_array()) {
    const auto* id = one.is_object() ? one.get_object().if_contains("id") : nullptr;
    if (id == nullptr || !id->is_string()) continue;
    const std::string_view name = id->get_string();
    if (name.empty() || name.size() > limits::kModelName) continue;
    if (models.size() == limits::kEndpointModels) break;
    models.emplace_back(name);
  }
  return models;
}

Task<Expected<std::vector<std::string>>> fetch_models(std::shared_ptr<Server> server) {
  auto response = co_await ask(server, "/models", {}, net::Persistence::close);
  if (!response) co_return failure(response.error());
  const auto text = co_await response->read_all(limits::kModelsList);
  if (!text) co_return failure(text.error());
  if (response->status() != kOk) co_return failure(list_error(*server, response->status()));
  co_return read_models(*text);
}

}  // namespace

bool Server::is_open(std::string_view model, MonoTime now) const {
  const auto at = ailing.find(model);
  return !broken && health.is_open(now) && (at == ailing.end() || at->second.is_open(now));
}

std::optional<MonoTime> Server::paused_until(std::string_view model, MonoTime now) const {
  const auto at = ailing.find(model);
  // Nothing is less than any time.
  return std::max(health.paused_until(now),
                  at == ailing.end() ? std::nullopt : at->second.paused_until(now));
}

bool Server::has(std::string_view model) const {
  return std::ranges::find(models, model) != models.end();
}

bool Server::is_due(MonoTime now) const {
  if (broken || !settings.models.empty()) return false;
  return !look_next || now >= *look_next;
}

net::Timeouts Server::timeouts() const {
  return {.connect = settings.connect_timeout,
          .send = settings.timeout,
          .head = settings.timeout,
          .read = settings.timeout};
}

Task<Expected<net::ClientResponse>> ask(std::shared_ptr<Server> server, std::string path,
                                        net::ClientRequest request, net::Persistence after) {
  if (server->broken) co_return failure(*server->broken);
  std::string target(server->url.target());
  if (target.ends_with('/')) target.pop_back();
  request.target = target + path;
  if (!server->settings.api_key.empty()) {
    request.headers.set("Authorization", "Bearer " + server->settings.api_key);
  }
  const auto timeouts = after == net::Persistence::keep ? server->timeouts() : kQuick;
  co_return co_await server->origin->request(std::move(request), timeouts, after);
}

Task<void> list_models(std::shared_ptr<Server> server) {
  auto models = co_await fetch_models(server);
  server->looking = false;
  server->look_next = mono_now() + (models ? limits::kModelsInterval : limits::kModelsRetry);
  if (models) {
    server->models = *std::move(models);
    server->error.clear();
  } else if (models.error().kind != ErrorKind::cancelled) {
    // What it listed before stays: it may be away for a moment only.
    server->error = models.error().message;
  }
  server->looked.set();
  server->looked.reset();
}

}  // namespace llf::remote
