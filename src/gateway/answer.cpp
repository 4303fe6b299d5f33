#include "gateway/answer.hpp"

#include "sse/writer.hpp"

#include <fmt/format.h>

#include <utility>

namespace llf::gateway {

net::Response json_response(const json::Value& value, int status) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}},
          .body = json::write(value)};
}

net::Response error_response(const ApiError& error) {
  net::Response response{.status = status_of(error),
                         .headers = {{"Content-Type", "application/json"}},
                         .body = error_body(error)};
  auto wait = error.retry_after;
  if (error.error.kind == ErrorKind::unavailable) wait = wait.value_or(std::chrono::seconds(1));
  if (wait) response.headers.add("Retry-After", fmt::format("{}", wait->count()));
  // The OpenAI SDKs repeat a request after a 409 unless they are told not to: it would load a model
  // that was just unloaded.
  if (error.error.kind == ErrorKind::conflict) response.headers.add("x-should-retry", "false");
  return response;
}

net::Response refusal_response(const net::Refusal& refusal) {
  auto response = error_response(
      ApiError({.kind = refusal.kind, .message = std::string(refusal.message)}, "", refusal.code));
  response.status = refusal.status;
  return response;
}

net::Headers event_stream_headers() {
  return {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-cache"}};
}

Task<void> send(net::Responder& responder, net::Response response) {
  static_cast<void>(co_await responder.send(std::move(response)));
}

Task<Expected<void>> send_event(net::Responder& responder, const json::Value& value) {
  const auto event = sse::event(json::write(value));
  co_return co_await responder.write(event);
}

}  // namespace llf::gateway
