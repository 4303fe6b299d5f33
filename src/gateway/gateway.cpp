#include "gateway/gateway.hpp"

#include "base/assert.hpp"
#include "gateway/answer.hpp"

#include <array>
#include <utility>

namespace llf::gateway {

/// The routes and who answers them: the one list that there is.
struct RouteTable {
  using Handler = Task<void> (Gateway::*)(net::Request&, net::Responder&);
  enum class Counts : std::uint8_t { no, yes };  ///< whether it keeps an on-demand daemon awake

  struct Row {
    RouteFacts facts;
    Handler handler;
    Counts counts;
  };

  template <Api kApi>
  static constexpr Row inference_row() {
    return {{"POST", facts_of(kApi).path, Access::anyone}, &Gateway::infer_as<kApi>, Counts::yes};
  }

  static const std::array<Row, 39>& rows() {
    static constexpr std::array<Row, 39> kRows{{
        {{"GET", "/health", Access::watchers}, &Gateway::health, Counts::no},
        {{"GET", "/metrics", Access::anyone}, &Gateway::metrics, Counts::no},
        {{"GET", "/v1/models", Access::anyone}, &Gateway::list_models, Counts::yes},
        {{"GET", "/v1/models/", Access::anyone}, &Gateway::show_model, Counts::yes},
        inference_row<Api::chat>(),
        inference_row<Api::completion>(),
        inference_row<Api::embeddings>(),
        inference_row<Api::rerank>(),
        inference_row<Api::tokenize>(),
        inference_row<Api::detokenize>(),
        inference_row<Api::count_tokens>(),
        {{"GET", "/llf/v1/status", Access::owner}, &Gateway::server_status, Counts::no},
        {{"GET", "/llf/v1/models", Access::owner}, &Gateway::control_models, Counts::no},
        {{"GET", "/llf/v1/model", Access::owner}, &Gateway::model_info, Counts::no},
        {{"POST", "/llf/v1/model/remove", Access::owner}, &Gateway::remove_model, Counts::yes},
        {{"POST", "/llf/v1/model/prune", Access::owner}, &Gateway::prune_models, Counts::yes},
        {{"POST", "/llf/v1/model/import", Access::owner}, &Gateway::import_model, Counts::yes},
        {{"POST", "/llf/v1/model/export", Access::owner}, &Gateway::export_model, Counts::yes},
        {{"POST", "/llf/v1/model/verify", Access::owner}, &Gateway::verify_model, Counts::yes},
        {{"POST", "/llf/v1/model/compare", Access::owner}, &Gateway::compare_model, Counts::yes},
        {{"POST", "/llf/v1/fit", Access::owner}, &Gateway::fit, Counts::yes},
        {{"GET", "/llf/v1/recommend", Access::owner}, &Gateway::recommend_models, Counts::no},
        {{"GET", "/llf/v1/downloads", Access::owner}, &Gateway::downloads, Counts::no},
        {{"POST", "/llf/v1/downloads", Access::owner}, &Gateway::download, Counts::yes},
        {{"POST", "/llf/v1/downloads/stop", Access::owner}, &Gateway::stop_download, Counts::yes},
        {{"POST", "/llf/v1/search", Access::owner}, &Gateway::search_models, Counts::yes},
        {{"GET", "/llf/v1/workers", Access::owner}, &Gateway::workers, Counts::no},
        {{"POST", "/llf/v1/load", Access::owner}, &Gateway::load, Counts::yes},
        {{"POST", "/llf/v1/unload", Access::owner}, &Gateway::unload, Counts::yes},
        {{"POST", "/llf/v1/settings/reload", Access::owner}, &Gateway::reload_settings, Counts::no},
        {{"POST", "/llf/v1/settings/compare", Access::owner},
         &Gateway::compare_settings,
         Counts::no},
        {{"POST", "/llf/v1/prompt/preview", Access::owner}, &Gateway::preview_prompt, Counts::yes},
        {{"GET", "/llf/v1/keys", Access::owner}, &Gateway::list_keys, Counts::no},
        {{"POST", "/llf/v1/keys", Access::owner}, &Gateway::create_key, Counts::yes},
        {{"POST", "/llf/v1/keys/revoke", Access::owner}, &Gateway::revoke_key, Counts::yes},
        {{"GET", "/llf/v1/endpoints", Access::owner}, &Gateway::list_endpoints, Counts::no},
        {{"GET", "/llf/v1/logs", Access::owner}, &Gateway::logs, Counts::yes},
        {{"POST", "/llf/v1/restart", Access::owner}, &Gateway::restart, Counts::no},
        {{"POST", "/llf/v1/stop", Access::owner}, &Gateway::stop, Counts::no},
    }};
    return kRows;
  }
};

namespace {

/// Counts a request for as long as it is answered.
class Activity {
 public:
  Activity(std::size_t& active, MonoTime& last) : active_(active), last_(last) { ++active_; }
  Activity(const Activity&) = delete;
  Activity& operator=(const Activity&) = delete;
  ~Activity() {
    --active_;
    last_ = mono_now();
  }

 private:
  std::size_t& active_;
  MonoTime& last_;
};

const std::vector<RouteFacts>& route_facts() {
  static const auto kFacts = Gateway::routes();
  return kFacts;
}

}  // namespace

Gateway::Gateway(GatewayOptions options) : options_(std::move(options)), last_active_(mono_now()) {}

std::vector<RouteFacts> Gateway::routes() {
  std::vector<RouteFacts> facts;
  for (const auto& row : RouteTable::rows()) facts.push_back(row.facts);
  return facts;
}

std::optional<net::Response> Gateway::refuse(const net::Request& request) {
  const auto denial = admit(request, route_facts(),
                            {.hosts = options_.hosts,
                             .reach = options_.reach,
                             .owner_uid = options_.owner_uid,
                             .api_key = options_.settings.server.api_key,
                             .keys = &options_.keys});
  if (!denial) return std::nullopt;
  auto response = error_response(denial->error);
  response.status = denial->status;
  if (!denial->allow.empty()) response.headers.set("Allow", std::string(denial->allow));
  constexpr int kUnauthorized = 401;  // RFC 9110, 11.6.1: with a challenge
  if (denial->status == kUnauthorized) response.headers.set("WWW-Authenticate", "Bearer");
  return response;
}

Task<void> Gateway::handle(net::Request& request, net::Responder& responder) {
  const auto index = find_route(request.method, request.path, route_facts());
  LLF_ASSERT(index);
  const auto& row = RouteTable::rows().at(*index);
  if (row.counts == RouteTable::Counts::no) {
    co_await (this->*row.handler)(request, responder);
    co_return;
  }
  const Activity activity(active_, last_active_);
  co_await (this->*row.handler)(request, responder);
}

}  // namespace llf::gateway
