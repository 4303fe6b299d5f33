#include "gateway/engine_call.hpp"

#include "base/limits.hpp"
#include "gateway/api_error.hpp"
#include "gateway/engine_refusal.hpp"
#include "log/log.hpp"

#include <string_view>
#include <utility>

namespace llf::gateway {
namespace {

constexpr int kOk = 200;

struct Reply {
  int status = 0;
  std::string body;
};

Task<Expected<Reply>> exchange(const net::Endpoint& engine, net::ClientRequest request) {
  auto response = co_await net::request(engine, std::move(request));
  if (!response) co_return failure(response.error());
  auto text = co_await response->read_all(limits::kEngineAnswer);
  if (!text && text.error().kind == ErrorKind::too_large) {
    co_return failure(ErrorKind::upstream, text.error().message);
  }
  if (!text) co_return failure(text.error());
  co_return Reply{.status = response->status(), .body = *std::move(text)};
}

net::ClientRequest post(std::string target, const json::Object& body) {
  return {.method = "POST",
          .target = std::move(target),
          .headers = {{"Content-Type", "application/json"}},
          .body = json::write(body)};
}

Expected<json::Object> object_of(const Expected<Reply>& reply) {
  if (!reply) return failure(reply.error());
  if (reply->status != kOk) {
    const auto error = from_engine(reply->status, reply->body);
    if (error.error.kind != ErrorKind::invalid) {
      log::warn("gateway", "the engine answered {}: {}", reply->status, engine_words(reply->body));
    }
    return failure(error.error);
  }
  auto value = json::parse(reply->body);
  if (!value || !value->is_object()) {
    return failure(ErrorKind::upstream, "the engine answered with no JSON object");
  }
  return std::move(value->get_object());
}

}  // namespace

Task<Expected<json::Object>> call_engine(const net::Endpoint& engine, std::string target,
                                         json::Object body) {
  co_return object_of(co_await exchange(engine, post(std::move(target), body)));
}

Task<Expected<json::Object>> engine_properties(const net::Endpoint& engine) {
  co_return object_of(co_await exchange(engine, {.method = "GET", .target = "/props"}));
}

Task<Expected<prompt::Opening>> ask_for_opening(const net::Endpoint& engine) {
  // Some versions refuse it for models that think first, and it can be switched off.
  constexpr std::string_view kBegun = "Well";
  const json::Array messages{json::Object{{"role", "user"}, {"content", "Hello"}},
                             json::Object{{"role", "assistant"}, {"content", kBegun}}};
  const auto reply =
      co_await exchange(engine, post("/apply-template", json::Object{{"messages", messages}}));
  if (!reply) co_return failure(reply.error());
  if (reply->status != kOk) co_return prompt::Opening::asked_for;
  const auto value = json::parse(reply->body);
  const auto object = value ? json::as_object(*value, "") : failure(value.error());
  const auto text = object ? json::get_string(*object, "prompt") : failure(object.error());
  co_return text && text->ends_with(kBegun) ? prompt::Opening::prefill : prompt::Opening::asked_for;
}

Task<Error> why_failed(worker::Lease& lease, Error error) {
  if (error.kind == ErrorKind::cancelled || error.kind == ErrorKind::invalid) co_return error;
  auto ended = co_await lease.ended_within(limits::kExitNotice);
  co_return ended ? *std::move(ended) : std::move(error);
}

}  // namespace llf::gateway
