#pragma once

#include "base/task.hpp"
#include "config/settings.hpp"
#include "gateway/admission.hpp"
#include "gateway/api.hpp"
#include "gateway/api_error.hpp"
#include "gateway/api_keys.hpp"
#include "gateway/download_json.hpp"
#include "gateway/host_check.hpp"
#include "gateway/measurements.hpp"
#include "gateway/metrics.hpp"
#include "gateway/model_access.hpp"
#include "gateway/server_status.hpp"
#include "hub/downloads.hpp"
#include "net/event.hpp"
#include "net/http_server.hpp"
#include "os/inherited.hpp"
#include "os/loopback.hpp"
#include "prompt/library.hpp"
#include "remote/directory.hpp"
#include "scheduler/names.hpp"
#include "scheduler/scheduler.hpp"
#include "worker/engine.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::gateway {

/// What the gateway stands on; all of it outlives the gateway.
struct GatewayOptions {
  const scheduler::Names& names;
  const config::Settings& settings;  ///< of now: they change under way
  prompt::Library prompts;
  scheduler::Scheduler& scheduler;
  remote::Directory& elsewhere;  ///< servers that answer for models that are not here
  HostCheck hosts;
  os::Reach reach = os::Reach::this_machine;  ///< from where the port can be reached
  std::uint32_t owner_uid = 0;
  std::function<ServerStatus()> server_status;
  ModelAccess models;
  hub::Downloads& downloads;
  Measurements& measurements;
  ApiKeys& keys;
  HubOf hub;                                         ///< where models come from, looked up anew
  std::function<Expected<worker::Engine>()> engine;  ///< finds llama-server anew at each call
  /// Takes the settings file over as it is now; the report is also about generations after `since`.
  std::function<SettingsReport(std::int64_t since)> reload_settings;
  /// What a text would change, were it the settings file.
  std::function<Expected<SettingsReport>(std::string_view)> compare_settings;
  std::function<void()> stop;  ///< begins the end of the daemon
  /// The same, to make room for another one. Errors: it cannot be started.
  std::function<Expected<void>(os::Successor)> restart;
};

/// Answers every request that the servers hand over: checks it, finds its route, and runs the
/// route. Loop thread.
class Gateway {
 public:
  explicit Gateway(GatewayOptions options);
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  /// For net::ServerOptions::before_body: the answer of a request that is not admitted.
  [[nodiscard]] std::optional<net::Response> refuse(const net::Request& request);

  /// For net::HttpServer::serve. The request has passed `refuse`.
  [[nodiscard]] Task<void> handle(net::Request& request, net::Responder& responder);

  /// The daemon is about to end: what would not end by itself (a log that is followed) or serves
  /// nobody any more (a load that is reported) ends now.
  void announce_end() { ending_.set(); }

  /// Ends every answer that is under way with an error that says so; what comes later gets it too.
  void interrupt() { stopping_.set(); }

  /// Requests that are being answered, those that only look at the state left out.
  [[nodiscard]] std::size_t active() const { return active_; }

  /// When the last of them ended.
  [[nodiscard]] MonoTime last_active() const { return last_active_; }

  /// All routes, in the order in which they are matched.
  [[nodiscard]] static std::vector<RouteFacts> routes();

 private:
  friend struct RouteTable;

  /// Takes over what changed of the models here and elsewhere.
  [[nodiscard]] Task<void> refresh_models();

  // Public routes: public_routes.cpp, metrics_route.cpp, inference_route.cpp
  [[nodiscard]] Task<void> health(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> metrics(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> list_models(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> show_model(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> infer(Api api, net::Request& request, net::Responder& responder);
  template <Api kApi>
  [[nodiscard]] Task<void> infer_as(net::Request& request, net::Responder& responder) {
    return infer(kApi, request, responder);
  }

  // Control routes: control_routes.cpp, model_routes.cpp, bundle_routes.cpp, download_routes.cpp,
  // fit_routes.cpp, settings_routes.cpp, prompt_route.cpp, key_routes.cpp, endpoint_routes.cpp,
  // log_route.cpp, restart_route.cpp
  [[nodiscard]] Task<void> server_status(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> control_models(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> model_info(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> remove_model(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> prune_models(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> import_model(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> import_files(std::filesystem::path path, store::ImportBy by,
                                        net::Responder& responder);
  [[nodiscard]] Task<void> import_bundle(std::filesystem::path path, std::uint64_t size,
                                         net::Responder& responder);
  [[nodiscard]] Task<void> export_model(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> verify_model(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> fit(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> recommend_models(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> downloads(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> download(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> send_download(net::Responder& responder, json::Object plan,
                                         std::optional<hub::Downloads::Handle> begun);
  [[nodiscard]] Task<void> compare_model(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> stop_download(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<Expected<void>> stop_named(std::string name, hub::Downloads::Remains remains);
  [[nodiscard]] Task<void> search_models(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> workers(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> load(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> unload(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> reload_settings(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> compare_settings(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> preview_prompt(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> list_keys(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> create_key(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> revoke_key(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> list_endpoints(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> logs(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> restart(net::Request& request, net::Responder& responder);
  [[nodiscard]] Task<void> stop(net::Request& request, net::Responder& responder);

  GatewayOptions options_;
  Metrics metrics_;
  net::Event ending_;
  net::Event stopping_;
  std::size_t active_ = 0;
  MonoTime last_active_;
};

}  // namespace llf::gateway
