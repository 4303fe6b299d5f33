#pragma once

#include "base/task.hpp"
#include "gateway/api_error.hpp"
#include "json/json.hpp"
#include "net/http_message.hpp"
#include "net/http_server.hpp"

namespace llf::gateway {

/// A whole answer that carries this JSON value.
[[nodiscard]] net::Response json_response(const json::Value& value, int status = 200);

/// A whole answer that carries this error; `unavailable` comes with a Retry-After, of one second
/// where it is not known.
[[nodiscard]] net::Response error_response(const ApiError& error);

/// For net::ServerOptions::render: net's own refusals in the shape of all our errors.
[[nodiscard]] net::Response refusal_response(const net::Refusal& refusal);

/// The head of every stream of server-sent events that we begin.
[[nodiscard]] net::Headers event_stream_headers();

/// Sends a whole answer. A client that is gone is no error of anybody's.
[[nodiscard]] Task<void> send(net::Responder& responder, net::Response response);

/// Sends one event with this value: `data: {…}`. Errors: the client is gone.
[[nodiscard]] Task<Expected<void>> send_event(net::Responder& responder, const json::Value& value);

}  // namespace llf::gateway
