#pragma once

#include "base/task.hpp"
#include "gateway/inference_ask.hpp"
#include "gateway/metrics.hpp"
#include "net/event.hpp"
#include "net/http_server.hpp"

namespace llf::gateway {

/// What one request is answered with; all of it outlives its tasks.
struct Answering {
  const GatewayOptions& options;
  Order& order;
  Waiting& waiting;
  net::Responder& responder;
  net::Event& stopping;  ///< set when the daemon ends
  Metrics& metrics;
};

/// Asks a worker and answers with what it says: the whole of `/v1/chat/completions` and its like
/// behind the reading of the request. A client that leaves ends the engine's work; one that waits
/// for a stream gets a comment now and then. Where the engine dies in the middle of a plain text, a
/// new one goes on with it, once; elsewhere the stream ends with an error event and is cut (F02).
[[nodiscard]] Task<void> answer(Answering answering);

}  // namespace llf::gateway
