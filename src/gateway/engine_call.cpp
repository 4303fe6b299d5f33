#include "gateway/engine_call.hpp"

#include "base/limits.hpp"
#include "gateway/api_error.hpp"

#include <string_view>
#include <utility>

namespace llf::gateway {
namespace {

constexpr int kOk = 200;

struct Reply {
  int status = 0;
  std::string body;
};

Task<Expected<Reply>> post(const net::Endpoint& engine, std::string target, json::Object body) {
  auto response = co_await net::request(engine, {.method = "POST",
                                                 .target = std::move(target),
                                                 .headers = {{"Content-Type", "application/json"}},
                                                 .body = json::write(body)});
  if (!response) co_return failure(response.error());
  auto text = co_await response->read_all(limits::kEngineAnswer);
  if (!text && text.error().kind == ErrorKind::too_large) {
    co_return failure(ErrorKind::upstream, text.error().message);
  }
  if (!text) co_return failure(text.error());
  co_return Reply{.status = response->status(), .body = *std::move(text)};
}

}  // namespace

Task<Expected<json::Object>> call_engine(const net::Endpoint& engine, std::string target,
                                         json::Object body) {
  const auto reply = co_await post(engine, std::move(target), std::move(body));
  if (!reply) co_return failure(reply.error());
  if (reply->status != kOk) {
    const auto error = from_engine(reply->status, reply->body);
    co_return failure(error.error);
  }
  const auto value = json::parse(reply->body);
  if (!value || !value->is_object()) {
    co_return failure(ErrorKind::upstream, "the engine answered with no JSON object");
  }
  co_return value->get_object();
}

Task<Expected<prompt::Opening>> ask_for_opening(const net::Endpoint& engine) {
  // Some versions refuse it for models that think first, and it can be switched off.
  constexpr std::string_view kBegun = "Well";
  const json::Array messages{json::Object{{"role", "user"}, {"content", "Hello"}},
                             json::Object{{"role", "assistant"}, {"content", kBegun}}};
  const auto reply = co_await post(engine, "/apply-template", {{"messages", messages}});
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
