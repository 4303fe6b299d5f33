#include "base/limits.hpp"
#include "gateway/answer.hpp"
#include "gateway/gateway.hpp"
#include "gateway/query.hpp"
#include "gateway/request_body.hpp"
#include "gateway/worker_json.hpp"
#include "net/timer.hpp"
#include "sse/writer.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace llf::gateway {
namespace {

constexpr std::string_view kReady = R"({"state":"ready"})";
constexpr int kProtocol = 1;  // of the control API; `llf` refuses another

/// The `model` of a control request's body.
Expected<ModelId> model_of(const net::Request& request) {
  const auto object = object_of(request.body);
  if (!object) return failure(object.error());
  auto name = json::get_string_or(*object, "model", "");
  if (!name) return failure(name.error());
  return ModelId(*std::move(name));
}

json::Value or_null(const std::string& text) {
  return text.empty() ? json::Value(nullptr) : json::Value(text);
}

json::Value engine_json(const Expected<worker::Engine>& engine) {
  if (!engine) return nullptr;
  return json::Object{{"path", engine->path},
                      {"version", engine->version},
                      {"origin", worker::to_string(engine->origin)}};
}

json::Object note_json(const ModelId& model, std::string_view what, MonoTime when,
                       const std::string& why) {
  const auto ago = std::chrono::duration_cast<std::chrono::seconds>(mono_now() - when);
  return {{"model", model.str()}, {"what", what}, {"ago_s", ago.count()}, {"why", why}};
}

json::Array waiting_json(const scheduler::Scheduler& scheduler) {
  json::Array all;
  for (const auto& one : scheduler.waiting()) {
    all.push_back(
        note_json(one.worker, to_string(scheduler::Decision::What::waits), one.since, one.why));
  }
  return all;
}

json::Array decisions_json(const scheduler::Scheduler& scheduler) {
  json::Array all;
  for (const auto& one : scheduler.decisions()) {
    all.push_back(note_json(one.worker, to_string(one.what), one.when, one.why));
  }
  return all;
}

/// Whether it serves that model, in whatever mode.
bool is_worker_of(const worker::WorkerStatus& status, const ModelId& model) {
  using worker::Mode;
  return std::ranges::any_of(std::array{Mode::generate, Mode::embed, Mode::rerank}, [&](Mode mode) {
    return scheduler::worker_of_mode(model, mode).str() == status.model;
  });
}

/// Tells of a load four times a second until it is cancelled or nobody listens.
Task<void> report_progress(scheduler::Scheduler& scheduler, ModelId model,
                           net::Responder& responder) {
  for (;;) {
    auto waited = co_await net::sleep_for(limits::kProgressInterval);
    if (!waited) co_return;
    const auto worker = scheduler.find(model);
    if (!worker) {
      const auto waiting = scheduler.waiting();
      const auto own = std::ranges::find(waiting, model, &scheduler::WaitingRequest::worker);
      const std::string why = own == waiting.end() ? "" : own->why;
      const json::Object told{{"state", "waiting"}, {"why", why}};
      if (!co_await send_event(responder, told)) co_return;
      continue;
    }
    if (!co_await send_event(responder, load_progress_json(worker->status()))) co_return;
  }
}

}  // namespace

Task<void> Gateway::server_status(net::Request& /*request*/, net::Responder& responder) {
  const auto status = options_.server_status();
  const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(mono_now() - status.started);
  json::Object body{
      {"version", LLF_VERSION},
      {"protocol", kProtocol},
      {"pid", status.pid},
      {"uptime_s", uptime.count()},
      {"home", status.home},
      {"socket", status.socket},
      {"log_file", status.log_file},
      {"on_demand", status.on_demand},
      {"options", json::Array(status.options.begin(), status.options.end())},
      {"listen", json::Object{{"address", status.listen_address},
                              {"port", status.listen_port},
                              {"tls", status.listen_tls},
                              {"error", or_null(status.listen_error)}}},
      {"engine", engine_json(options_.engine())},
      {"settings", json::Object{{"file", status.settings_file},
                                {"error", or_null(status.settings_error)},
                                {"generation", status.settings_generation},
                                {"restart", json::Array(status.settings_restart.begin(),
                                                        status.settings_restart.end())}}},
      {"log_lines_dropped", status.log_lines_dropped},
      {"workers", options_.scheduler.status().size()},
      {"requests_active", active_}};
  co_await send(responder, json_response(body));
}

Task<void> Gateway::workers(net::Request& request, net::Responder& responder) {
  co_await options_.models.refresh();
  std::optional<ModelId> wanted;
  bool why = false;
  for (auto& [name, value] : parse_query(request.query)) {
    if (name == "why") why = value == "1";
    if (name == "model") wanted = options_.names.model_of(ModelId(std::move(value)));
  }
  json::Array workers;
  for (const auto& status : options_.scheduler.status()) {
    if (!wanted || is_worker_of(status, *wanted)) workers.push_back(worker_json(status));
  }
  json::Object answer{{"workers", std::move(workers)},
                      {"waiting", waiting_json(options_.scheduler)}};
  if (why) answer["decisions"] = decisions_json(options_.scheduler);
  co_await send(responder, json_response(answer));
}

Task<void> Gateway::load(net::Request& request, net::Responder& responder) {
  co_await refresh_models();
  const auto model = model_of(request);
  const auto target = model ? options_.names.resolve(*model) : failure(model.error());
  if (!target) {
    co_await send(responder, error_response(model_error(target.error())));
    co_return;
  }
  if (!co_await responder.begin(200, event_stream_headers())) co_return;
  if (target->elsewhere) {
    const auto ready = sse::event(kReady);
    if (co_await responder.write(ready)) static_cast<void>(co_await responder.end());
    co_return;
  }
  // Who asks for it by name may have corrected what made it fail (F08).
  if (const auto worker = options_.scheduler.find(target->worker)) {
    worker->reset();
  }
  // A client that leaves does not stop the load: others may wait for it.
  auto loaded = co_await net::race(
      options_.scheduler.acquire({.name = *model}),
      net::race(report_progress(options_.scheduler, target->worker, responder), ending_.wait()));
  if (loaded.winner == 1 && loaded.second.winner == 0) co_return;
  auto last = error_event(stopping_error());
  if (loaded.winner == 0) {
    last = loaded.first ? sse::event(kReady) : error_event(model_error(loaded.first.error()));
  }
  if (co_await responder.write(last)) static_cast<void>(co_await responder.end());
}

Task<void> Gateway::unload(net::Request& request, net::Responder& responder) {
  const auto model = model_of(request);
  auto unloaded = model ? co_await options_.scheduler.unload(options_.names.model_of(*model))
                        : failure(model.error());
  if (!unloaded) {
    co_await send(responder, error_response(unloaded.error()));
    co_return;
  }
  co_await send(responder, json_response(json::Object{{"unloaded", true}}));
}

Task<void> Gateway::stop(net::Request& /*request*/, net::Responder& responder) {
  co_await send(responder, json_response(json::Object{{"stopping", true}}, 202));
  options_.stop();
}

}  // namespace llf::gateway
