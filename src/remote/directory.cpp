#include "remote/directory.hpp"

#include "base/ascii.hpp"
#include "base/limits.hpp"
#include "log/log.hpp"
#include "net/timer.hpp"
#include "remote/choice.hpp"
#include "remote/proxy.hpp"
#include "remote/server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace llf::remote {
namespace {

/// "office/qwen3-32b" in its two parts, where there is a slash.
std::optional<std::pair<std::string_view, std::string_view>> parts_of(std::string_view id) {
  const auto slash = id.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return std::pair(id.substr(0, slash), id.substr(slash + 1));
}

Error in_words(const Server& server, const Error& error) {
  return error.with_context(fmt::format("the endpoint '{}'", server.name));
}

/// Why none of these is asked.
Error all_paused(const std::vector<std::shared_ptr<Server>>& servers, std::string_view model,
                 MonoTime now) {
  const auto& first = *servers.front();
  const auto why = (first.error.empty() ? "" : ": ") + first.error;
  const auto until = first.paused_until(model, now);
  if (!until) {
    return {.kind = ErrorKind::unavailable,
            .message =
                fmt::format("whether the endpoint '{}' is back is being tried{}", first.name, why)};
  }
  const auto wait = std::chrono::ceil<std::chrono::seconds>(*until - now);
  const auto what = first.health.paused_until(now) ? "" : fmt::format("the model '{}' of ", model);
  return {.kind = ErrorKind::unavailable,
          .message = fmt::format("{}the endpoint '{}' is left alone for {} s{}", what, first.name,
                                 wait.count(), why)};
}

Task<void> wait_for_look(std::shared_ptr<Server> server) {
  static_cast<void>(
      co_await net::with_deadline(server->looked.wait(), limits::kModelsTimeout, "the endpoint"));
}

}  // namespace

Use::Use(std::shared_ptr<Server> server, std::string model)
    : server_(std::move(server)), model_(std::move(model)) {
  const auto now = mono_now();
  ++server_->active;
  server_->health.begin(now);
  if (auto* const one = ailing()) one->begin(now);
}

Use::Use(Use&& other) noexcept
    : server_(std::exchange(other.server_, nullptr)),
      model_(std::move(other.model_)),
      told_(other.told_) {}

Use::~Use() {
  if (server_ == nullptr) return;
  --server_->active;
  if (told_) return;
  server_->health.left();
  if (auto* const model = ailing()) model->left();
}

Health* Use::ailing() const {
  const auto at = server_->ailing.find(model_);
  return at == server_->ailing.end() ? nullptr : &at->second;
}

const std::string& Use::name() const {
  return server_->name;
}

const config::Endpoint& Use::settings() const {
  return server_->settings;
}

Task<Expected<net::ClientResponse>> Use::ask(std::string path, net::ClientRequest request) {
  auto response =
      co_await remote::ask(server_, std::move(path), std::move(request), net::Persistence::keep);
  if (!response) co_return failure(in_words(*server_, response.error()));
  co_return *std::move(response);
}

void Use::served() {
  told_ = true;
  server_->health.served();
  server_->ailing.erase(model_);
  server_->error.clear();
}

void Use::failed(const Error& why) {
  told_ = true;
  server_->health.failed(mono_now());
  if (auto* const model = ailing()) model->left();  // nothing is known of it
  server_->error = why.message;
  log::warn("remote", "{}", why.message);
}

void Use::model_failed(const Error& why) {
  told_ = true;
  server_->health.served();
  server_->ailing[model_].failed(mono_now());
  server_->error = why.message;
  log::warn("remote", "{}", why.message);
}

void Use::busy(Duration wait) {
  told_ = true;
  server_->health.busy(mono_now(), wait);
  if (auto* const model = ailing()) model->left();
  server_->error = "it has too many requests";
}

Directory::Directory(net::Loop& loop, config::Environment environment, MakeCiphers make_ciphers)
    : loop_(loop),
      environment_(std::move(environment)),
      make_ciphers_(std::move(make_ciphers)),
      resolver_(loop),
      tasks_(loop, "endpoints") {}

std::shared_ptr<Server> Directory::make_server(const std::string& name,
                                               const config::Endpoint& settings) {
  // A URL that is a reference without a value is empty.
  auto url = Url::parse(settings.url);
  auto server =
      std::make_shared<Server>(name, settings, url ? *url : *Url::parse("http://localhost"));
  if (!url) server->broken = url.error();
  for (const auto& model : settings.models) server->models.emplace_back(model.get_string());
  net::OriginOptions options{.host = server->url.host(), .port = server->url.port()};
  const auto fail = [&](const Error& error) { server->broken = error; };
  if (!settings.proxy.empty()) {
    auto proxy = read_proxy(settings.proxy);
    if (!proxy) fail(proxy.error().with_context(fmt::format("endpoints.{}.proxy", name)));
    if (proxy) options.proxy = *std::move(proxy);
  } else if (auto proxy = find_proxy(environment_, server->url)) {
    options.proxy = *std::move(proxy);
  } else {
    fail(proxy.error());
  }
  if (server->url.encrypted()) {
    auto ciphers = make_ciphers_(settings.certificates);
    if (!ciphers) fail(ciphers.error());
    if (ciphers) options.ciphers = *std::move(ciphers);
  }
  if (server->broken) {
    server->error = server->broken->message;
    log::warn("remote", "the endpoint '{}': {}", name, server->error);
  } else {
    server->origin = std::make_unique<net::HttpOrigin>(resolver_, tasks_, std::move(options));
  }
  return server;
}

void Directory::set(const config::Endpoints& endpoints) {
  auto before = std::exchange(servers_, {});
  for (const auto& [name, settings] : endpoints) {
    const auto known = before.find(name);
    const bool same = known != before.end() && known->second->settings == settings;
    servers_.emplace(name, same ? known->second : make_server(name, settings));
  }
}

bool Directory::is_due() const {
  const auto now = mono_now();
  return std::ranges::any_of(servers_, [now](const auto& named) {
    return named.second->looking || named.second->is_due(now);
  });
}

Task<void> Directory::refresh() {
  const auto now = mono_now();
  net::TaskGroup waiting(loop_, "waiting for endpoints");
  for (const auto& [name, server] : servers_) {
    const bool due = server->is_due(now) && !server->looking;
    if (!due && !server->looking) continue;
    waiting.spawn(wait_for_look(server));
    // On its own: whoever waits for it may leave.
    if (!due) continue;
    server->looking = true;
    tasks_.spawn(list_models(server));
  }
  co_await waiting.join();
}

std::optional<RemoteModel> Directory::find(std::string_view name) const {
  const auto all = models();
  const auto named = [](std::string_view id) {
    return RemoteModel{.id = std::string(id), .name = std::string(id)};
  };
  if (std::ranges::binary_search(all, name)) return named(name);
  if (const auto parts = parts_of(name)) {
    const auto server = servers_.find(parts->first);
    if (server != servers_.end() && server->second->has(parts->second)) {
      return RemoteModel{.id = std::string(name), .name = std::string(parts->second)};
    }
  }
  const auto small = ascii_lower(name);
  const auto is_begun = [&](const std::string& id) { return ascii_lower(id).starts_with(small); };
  const auto first = std::ranges::find_if(all, is_begun);
  if (name.empty() || first == all.end()) return std::nullopt;
  if (std::find_if(std::next(first), all.end(), is_begun) != all.end()) return std::nullopt;
  return named(*first);
}

std::vector<std::string> Directory::models() const {
  std::set<std::string> all;
  for (const auto& [name, server] : servers_)
    all.insert(server->models.begin(), server->models.end());
  return {all.begin(), all.end()};
}

std::vector<std::shared_ptr<Server>> Directory::servers_of(const RemoteModel& model) const {
  std::vector<std::shared_ptr<Server>> all;
  for (const auto& [name, server] : servers_) {
    const bool meant = model.id == model.name || model.id == fmt::format("{}/{}", name, model.name);
    if (meant && server->has(model.name)) all.push_back(server);
  }
  return all;
}

std::set<config::Dialect> Directory::dialects(const RemoteModel& model) const {
  std::set<config::Dialect> all;
  for (const auto& server : servers_of(model)) all.insert(server->settings.dialect);
  return all;
}

Expected<Use> Directory::acquire(const RemoteModel& model, std::uint64_t session,
                                 const std::set<std::string>& tried) {
  auto servers = servers_of(model);
  if (servers.empty()) {
    return failure(ErrorKind::not_found, fmt::format("no endpoint has '{}' any more", model.name));
  }
  std::erase_if(servers, [&](const auto& server) { return tried.contains(server->name); });
  const auto now = mono_now();
  std::vector<Candidate> candidates;
  std::vector<std::shared_ptr<Server>> open;
  for (const auto& server : servers) {
    if (!server->is_open(model.name, now)) continue;
    candidates.push_back({.name = server->name, .active = server->active});
    open.push_back(server);
  }
  if (const auto chosen = choose(candidates, session)) return Use(open[*chosen], model.name);
  if (servers.empty()) {
    return failure(ErrorKind::unavailable,
                   fmt::format("every endpoint that has '{}' has been tried", model.name));
  }
  if (servers.front()->broken) {
    return failure(in_words(*servers.front(), *servers.front()->broken));
  }
  return failure(all_paused(servers, model.name, now));
}

std::optional<Duration> Directory::pause(const RemoteModel& model) const {
  const auto now = mono_now();
  std::optional<Duration> least;
  for (const auto& server : servers_of(model)) {
    const auto until = server->paused_until(model.name, now);
    if (!until) return std::nullopt;
    if (!least || *until - now < *least) least = *until - now;
  }
  return least;
}

std::vector<EndpointStatus> Directory::status() const {
  const auto now = mono_now();
  std::vector<EndpointStatus> all;
  for (const auto& [name, server] : servers_) {
    const auto until = server->health.paused_until(now);
    all.push_back({.name = name,
                   .url = server->url.shown(),
                   .state = server->health.state(now),
                   .pause = until ? std::optional(*until - now) : std::nullopt,
                   .active = server->active,
                   .models = server->models,
                   .error = server->error});
  }
  return all;
}

Task<void> Directory::end() {
  tasks_.cancel();
  co_await tasks_.join();
}

}  // namespace llf::remote
