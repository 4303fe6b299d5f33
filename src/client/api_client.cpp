#include "client/api_client.hpp"

#include "base/limits.hpp"
#include "base/percent.hpp"
#include "net/timer.hpp"
#include "prompt/choice.hpp"

#include <fmt/format.h>

namespace llf::client {
namespace {

constexpr net::Timeouts kControl{.head = limits::kControlTimeout, .read = limits::kControlTimeout};
// A followed log may be silent for ever, and a cold model may load for long.
constexpr net::Timeouts kFollow{.head = limits::kControlTimeout, .read = net::kNoLimit};
// A busy worker may need all the time of a stop.
constexpr net::Timeouts kUnload{.head = limits::kStopLimit, .read = limits::kControlTimeout};
// A hub may be slow to answer, and a download that waits for the network says nothing for long.
constexpr net::Timeouts kDownload{.head = net::kNoLimit, .read = net::kNoLimit};
// The running answers end first.
constexpr net::Timeouts kRestart{.head = limits::kRestartLimit, .read = limits::kControlTimeout};
constexpr net::Timeouts kChat{.head = net::kNoLimit, .read = limits::kChatSilence};

net::ClientRequest get_request(std::string target) {
  return {.method = "GET", .target = std::move(target), .headers = {}, .body = {}};
}

net::ClientRequest post_request(std::string target, std::string body) {
  return {.method = "POST",
          .target = std::move(target),
          .headers = {{"Content-Type", "application/json"}},
          .body = std::move(body)};
}

std::string log_target(const LogQuery& query) {
  return fmt::format("/llf/v1/logs?source={}&lines={}", percent_encode(query.source), query.lines);
}

/// Sends a request and turns every status but 2xx into the error that its body tells.
Task<Expected<net::ClientResponse>> call(net::Endpoint endpoint, net::ClientRequest request,
                                         net::Timeouts timeouts) {
  auto response = co_await net::request(std::move(endpoint), std::move(request), timeouts);
  if (!response) co_return failure(response.error());
  const int status = response->status();
  if (status >= 200 && status < 300) co_return std::move(response);
  auto body = co_await response->read_all(limits::kControlAnswer);
  if (!body) co_return failure(body.error());
  co_return failure(read_error(status, *body));
}

Task<Expected<json::Value>> call_for_json(net::Endpoint endpoint, net::ClientRequest request,
                                          net::Timeouts timeouts = kControl) {
  auto response = co_await call(std::move(endpoint), std::move(request), timeouts);
  if (!response) co_return failure(response.error());
  auto body = co_await response->read_all(limits::kControlAnswer);
  if (!body) co_return failure(body.error());
  auto value = json::parse(*body);
  if (!value) {
    co_return failure(ErrorKind::upstream,
                      "an answer of llfd cannot be understood: " + value.error().message);
  }
  co_return std::move(value);
}

}  // namespace

// Reads what follows `[DONE]`: leaving before the answer's regular end would look like a
// cancellation to the daemon. That it cannot be read any more does not matter.
Task<Expected<void>> ChatStream::read_to_end() {
  while (true) {
    const auto event = co_await events_.next();
    if (!event || !*event) co_return Expected<void>();
  }
}

Task<Expected<std::optional<ChatDelta>>> ChatStream::next() {
  while (!decoder_.done()) {
    auto event = co_await events_.next();
    if (!event) co_return failure(event.error());
    if (!*event) {
      auto end = decoder_.finish();
      if (!end) co_return failure(end.error());
      break;
    }
    auto delta = decoder_.take(**event);
    if (!delta) co_return failure(delta.error());
    if (!delta->empty()) co_return std::move(*delta);
    if (decoder_.done()) {
      static_cast<void>(
          co_await net::with_deadline(read_to_end(), limits::kChatEnd, "the end of an answer"));
    }
  }
  co_return std::nullopt;
}

Task<Expected<json::Value>> ApiClient::get(std::string target) const {
  co_return co_await call_for_json(endpoint_, get_request(std::move(target)));
}

Task<Expected<json::Value>> ApiClient::post(std::string target, json::Object body) const {
  co_return co_await call_for_json(endpoint_, post_request(std::move(target), json::write(body)));
}

Task<Expected<json::Value>> ApiClient::preview_prompt(json::Object body) const {
  co_return co_await call_for_json(
      endpoint_, post_request("/llf/v1/prompt/preview", json::write(body)), kChat);
}

Task<Expected<json::Value>> ApiClient::model_info(std::string name) const {
  co_return co_await get(fmt::format("/llf/v1/model?name={}", percent_encode(name)));
}

Task<Expected<DaemonStatus>> ApiClient::status() const {
  auto value = co_await get("/llf/v1/status");
  if (!value) co_return failure(value.error());
  co_return read_status(*value);
}

Task<Expected<std::int64_t>> ApiClient::restart(json::Object body) const {
  auto answer = co_await post("/llf/v1/restart", std::move(body));
  const auto object = answer ? json::as_object(*answer, "") : failure(answer.error());
  if (!object) co_return failure(object.error());
  co_return json::get_int_or(*object, "requests_active", 0);
}

Task<Expected<DaemonStatus>> ApiClient::status_after_restart() const {
  auto value = co_await call_for_json(endpoint_, get_request("/llf/v1/status"), kRestart);
  if (!value) co_return failure(value.error());
  co_return read_status(*value);
}

Task<Expected<std::vector<ModelInfo>>> ApiClient::models() const {
  auto value = co_await get("/llf/v1/models?brief=1");
  if (!value) co_return failure(value.error());
  co_return read_models(*value);
}

Task<Expected<KnownNames>> ApiClient::known_names(std::string word, Word use) const {
  auto value = co_await get(fmt::format("/llf/v1/models?word={}", percent_encode(word)));
  if (!value) co_return failure(value.error());
  co_return read_known_names(*value, std::move(word), use);
}

Task<Expected<std::vector<WorkerInfo>>> ApiClient::workers() const {
  auto value = co_await get("/llf/v1/workers");
  if (!value) co_return failure(value.error());
  co_return read_workers(*value);
}

Task<Expected<std::vector<WorkerInfo>>> ApiClient::workers_of(std::string model) const {
  auto value = co_await get(fmt::format("/llf/v1/workers?model={}", percent_encode(model)));
  if (!value) co_return failure(value.error());
  co_return read_workers(*value);
}

Task<Expected<void>> ApiClient::unload(std::string model) const {
  const json::Object body{{"model", model}};
  auto value =
      co_await call_for_json(endpoint_, post_request("/llf/v1/unload", json::write(body)), kUnload);
  if (!value) co_return failure(value.error());
  co_return Expected<void>();
}

Task<Expected<void>> ApiClient::stop() const {
  auto value = co_await call_for_json(endpoint_, post_request("/llf/v1/stop", "{}"));
  if (!value) co_return failure(value.error());
  co_return Expected<void>();
}

Task<Expected<std::vector<std::string>>> ApiClient::logs(LogQuery query) const {
  auto value = co_await get(log_target(query));
  if (!value) co_return failure(value.error());
  co_return read_lines(*value);
}

Task<Expected<EventStream>> ApiClient::follow_logs(LogQuery query) const {
  auto response = co_await call(endpoint_, get_request(log_target(query) + "&follow=1"), kFollow);
  if (!response) co_return failure(response.error());
  co_return EventStream(std::move(*response));
}

Task<Expected<json::Value>> ApiClient::remove_model(json::Object body) const {
  co_return co_await call_for_json(
      endpoint_, post_request("/llf/v1/model/remove", json::write(body)), kUnload);
}

Task<Expected<json::Value>> ApiClient::compare_model(json::Object body) const {
  co_return co_await call_for_json(
      endpoint_, post_request("/llf/v1/model/compare", json::write(body)), kDownload);
}

Task<Expected<json::Value>> ApiClient::prune(json::Object body) const {
  co_return co_await call_for_json(
      endpoint_, post_request("/llf/v1/model/prune", json::write(body)), kDownload);
}

Task<Expected<json::Value>> ApiClient::create_key(std::string name) const {
  co_return co_await post("/llf/v1/keys", {{"name", name}});
}

Task<Expected<json::Value>> ApiClient::revoke_key(std::string name) const {
  co_return co_await post("/llf/v1/keys/revoke", {{"name", name}});
}

Task<Expected<EventStream>> ApiClient::import_model(json::Object body) const {
  auto response =
      co_await call(endpoint_, post_request("/llf/v1/model/import", json::write(body)), kDownload);
  if (!response) co_return failure(response.error());
  co_return EventStream(std::move(*response));
}

Task<Expected<EventStream>> ApiClient::export_model(json::Object body) const {
  auto response =
      co_await call(endpoint_, post_request("/llf/v1/model/export", json::write(body)), kDownload);
  if (!response) co_return failure(response.error());
  co_return EventStream(std::move(*response));
}

Task<Expected<EventStream>> ApiClient::verify(json::Object body) const {
  auto response =
      co_await call(endpoint_, post_request("/llf/v1/model/verify", json::write(body)), kDownload);
  if (!response) co_return failure(response.error());
  co_return EventStream(std::move(*response));
}

Task<Expected<json::Value>> ApiClient::fit(json::Object body) const {
  co_return co_await call_for_json(endpoint_, post_request("/llf/v1/fit", json::write(body)),
                                   kDownload);
}

Task<Expected<json::Value>> ApiClient::search(json::Object body) const {
  co_return co_await call_for_json(endpoint_, post_request("/llf/v1/search", json::write(body)),
                                   kDownload);
}

Task<Expected<EventStream>> ApiClient::download(json::Object body) const {
  auto response =
      co_await call(endpoint_, post_request("/llf/v1/downloads", json::write(body)), kDownload);
  if (!response) co_return failure(response.error());
  co_return EventStream(std::move(*response));
}

Task<Expected<ChatStream>> ApiClient::chat(ChatRequest request) const {
  auto body = write_chat_request(request);
  if (!body) co_return failure(body.error());
  auto post = post_request("/v1/chat/completions", std::move(*body));
  if (!request.prompt.empty()) post.headers.add(std::string(prompt::kHeader), request.prompt);
  auto response = co_await call(endpoint_, std::move(post), kChat);
  if (!response) co_return failure(response.error());
  co_return ChatStream(EventStream(std::move(*response)));
}

std::optional<std::string> read_log_line(const sse::Event& event) {
  const auto value = json::parse(event.data);
  const auto* object = value ? value->if_object() : nullptr;
  if (object == nullptr) return std::nullopt;
  const auto line = json::get_string(*object, "line");
  return line ? std::optional(*line) : std::nullopt;
}

}  // namespace llf::client
