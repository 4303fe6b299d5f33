#include "base/limits.hpp"
#include "gateway/answer.hpp"
#include "gateway/download_json.hpp"
#include "gateway/fit.hpp"
#include "gateway/gateway.hpp"
#include "gateway/request_body.hpp"
#include "hub/model_reference.hpp"
#include "net/timer.hpp"
#include "store/hub_repository.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace llf::gateway {
namespace {

/// Sends how a download goes until it has ended or nobody listens. Changes that come faster than
/// people look are told together.
Task<void> follow_download(hub::Downloads::Handle download, net::Responder& responder) {
  for (;;) {
    const auto seen = download.version();
    const auto told = json::Object{{"download", download_json(download.status())}};
    const bool active = download.active();
    if (!co_await send_event(responder, told) || !active) co_return;
    if (!co_await download.changed(seen)) co_return;
    if (download.active() && !co_await net::sleep_for(limits::kProgressInterval)) co_return;
  }
}

}  // namespace

Task<void> Gateway::downloads(net::Request& /*request*/, net::Responder& responder) {
  json::Array list;
  for (const auto& status : options_.downloads.list()) {
    list.push_back(json::Value(download_json(status)));
  }
  co_await send(responder, json_response(json::Object{{"downloads", std::move(list)}}));
}

Task<void> Gateway::download(net::Request& request, net::Responder& responder) {
  const auto body = object_of(request.body);
  const auto follow = body ? json::get_flag(*body, "follow") : failure(body.error());
  if (!follow) {
    co_await send(responder, error_response(follow.error()));
    co_return;
  }
  if (*follow) {
    const auto name = json::get_string(*body, "model");
    auto known = name ? options_.downloads.follow(*name) : failure(name.error());
    if (!known) {
      co_await send(responder, error_response(known.error()));
      co_return;
    }
    auto told = plan_json(known->plan());
    co_await send_download(responder, std::move(told), *std::move(known));
    co_return;
  }
  auto wanted = read_download_request(*body, options_.hub);
  const auto dry_run = wanted ? json::get_flag(*body, "dry_run") : failure(wanted.error());
  if (!dry_run) {
    co_await send(responder, error_response(dry_run.error()));
    co_return;
  }
  const auto machine = co_await options_.models.machine(MachineLook::quick);
  wanted->fits = fits_here({}, options_.settings.engine, machine);
  auto plan = co_await options_.downloads.plan(*std::move(wanted));
  if (!plan) {
    co_await send(responder, error_response(plan.error()));
    co_return;
  }
  auto told = plan_json(*plan);
  std::optional<hub::Downloads::Handle> begun;
  if (!*dry_run) {
    auto handle = options_.downloads.start(*std::move(plan));
    if (!handle) {
      co_await send(responder, error_response(handle.error()));
      co_return;
    }
    begun = *std::move(handle);
    if (auto sources = sources_json(begun->plan()); sources != told["sources"]) {
      told["sources"] = std::move(sources);
      told["joined"] = true;
    }
  }
  co_await send_download(responder, std::move(told), std::move(begun));
}

/// Sends a plan, and how what was begun of it goes.
Task<void> Gateway::send_download(net::Responder& responder, json::Object plan,
                                  std::optional<hub::Downloads::Handle> begun) {
  // A client that leaves does not stop the download.
  if (!co_await responder.begin(200, event_stream_headers())) co_return;
  if (!co_await send_event(responder, json::Object{{"plan", std::move(plan)}})) co_return;
  if (begun) {
    auto followed = co_await net::race(follow_download(*begun, responder), ending_.wait());
    if (followed.winner == 1 && !co_await responder.write(error_event(stopping_error()))) co_return;
  }
  static_cast<void>(co_await responder.end());
}

Task<void> Gateway::compare_model(net::Request& request, net::Responder& responder) {
  co_await options_.models.refresh();
  const auto body = object_of(request.body);
  const auto name = body ? json::get_string_or(*body, "model", "") : failure(body.error());
  const auto model = name ? options_.names.model_file(ModelId(*name)) : failure(name.error());
  if (!model) {
    co_await send(responder, error_response(model_error(model.error())));
    co_return;
  }
  auto endpoint = body ? read_endpoint(*body, options_.hub) : failure(body.error());
  auto repository = store::RepositoryName::parse(model->repository);
  if (!repository) {
    repository = failure(ErrorKind::not_found,
                         fmt::format("nothing tells which repository {} is of: its template cannot "
                                     "be compared",
                                     model->id.str()));
  }
  const auto base = !endpoint     ? failure(endpoint.error())
                    : !repository ? failure(repository.error())
                                  : co_await options_.downloads.learn_base(*std::move(endpoint),
                                                                           *std::move(repository));
  co_await send(responder, base ? json_response(json::Object{{"model", model->id.str()},
                                                             {"base", base->repository},
                                                             {"template", base->fingerprint}})
                                : error_response(base.error()));
}

/// Stops the download that `name` means; a name of the catalog stands for its repository.
Task<Expected<void>> Gateway::stop_named(std::string name, hub::Downloads::Remains remains) {
  auto stopped = options_.downloads.stop(name, remains);
  if (stopped || stopped.error().kind != ErrorKind::not_found) co_return stopped;
  const auto endpoint = options_.hub({});
  const auto catalog = co_await options_.downloads.catalog();
  if (!endpoint || !catalog) co_return stopped;
  const auto meant = hub::read_reference(name, endpoint->url, *catalog);
  if (!meant || !meant->repository) co_return stopped;
  co_return options_.downloads.stop(
      meant->repository->str() + (meant->wanted.empty() ? "" : ":" + meant->wanted), remains);
}

Task<void> Gateway::stop_download(net::Request& request, net::Responder& responder) {
  const auto body = object_of(request.body);
  const auto model = body ? json::get_string(*body, "model") : failure(body.error());
  const auto discard = model ? json::get_flag(*body, "discard") : failure(model.error());
  using Remains = hub::Downloads::Remains;
  const auto stopped =
      discard ? co_await stop_named(*model, *discard ? Remains::discard : Remains::keep)
              : failure(discard.error());
  co_await send(responder, stopped ? json_response(json::Object{{"stopped", true}})
                                   : error_response(stopped.error()));
}

Task<void> Gateway::search_models(net::Request& request, net::Responder& responder) {
  const auto body = object_of(request.body);
  auto query = body ? json::get_string(*body, "query") : failure(body.error());
  if (query && query->find_first_not_of(' ') == std::string::npos) {
    query = failure(ErrorKind::invalid, "'query' says nothing");
  }
  const auto most =
      query ? json::get_int_or(*body, "limit", limits::kHubSearchShown) : failure(query.error());
  auto endpoint = most ? read_endpoint(*body, options_.hub) : failure(most.error());
  if (!endpoint) {
    co_await send(responder, error_response(endpoint.error()));
    co_return;
  }
  const auto found = co_await options_.downloads.search(
      *std::move(endpoint), *std::move(query),
      std::clamp<std::int64_t>(*most, 1, limits::kHubSearchMost));
  if (!found) {
    co_await send(responder, error_response(found.error()));
    co_return;
  }
  json::Array models;
  for (const auto& one : *found) {
    models.push_back(json::Object{{"repository", one.name},
                                  {"downloads", one.downloads},
                                  {"likes", one.likes},
                                  {"gated", one.gated},
                                  {"updated", one.updated}});
  }
  co_await send(responder, json_response(json::Object{{"models", std::move(models)}}));
}

}  // namespace llf::gateway
