#pragma once

#include "base/task.hpp"
#include "gateway/inference_order.hpp"
#include "gateway/waiting.hpp"
#include "net/http_client.hpp"
#include "scheduler/scheduler.hpp"
#include "worker/worker.hpp"

#include <expected>
#include <string>

namespace llf::gateway {

/// The engine's answer. Its place and lease outlive the response, so that the worker counts as used
/// until the last byte.
struct EngineAnswer {
  scheduler::Place place;
  worker::Lease lease;
  net::ClientResponse response;
  std::string body;  ///< read already, unless the answer is a stream
};

using Asked = std::expected<EngineAnswer, ApiError>;

/// Gets a worker for the order and asks it. Of a stream the first byte has come when it returns.
/// Nothing of the answer was forwarded yet, so an order whose worker crashed is given to a new one,
/// limits::kReplays times (F01). Everything it is given outlives it.
[[nodiscard]] Task<Asked> ask_engine(const GatewayOptions& options, Order& order, Waiting& waiting);

/// Whether an order may be given to another worker after this error: its worker crashed, and none
/// did before. One whose worker hung is not: it would hang again; nor is one with a grammar. Counts
/// the crash; the error of one that crashed too many says so.
[[nodiscard]] bool may_replay(Error& error, Order& order);

}  // namespace llf::gateway
