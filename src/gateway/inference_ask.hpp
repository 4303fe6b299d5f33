#pragma once

#include "base/task.hpp"
#include "gateway/inference_order.hpp"
#include "gateway/waiting.hpp"
#include "net/http_client.hpp"
#include "remote/directory.hpp"
#include "scheduler/scheduler.hpp"
#include "worker/worker.hpp"

#include <expected>
#include <string>
#include <variant>

namespace llf::gateway {

/// A worker of ours that answers.
struct WorkerUse {
  scheduler::Place place;  ///< outlives the lease
  worker::Lease lease;
};

/// The answer of an engine of ours, or of a server elsewhere. Who gives it outlives the response,
/// so that it counts as used until the last byte.
struct EngineAnswer {
  std::variant<WorkerUse, remote::Use> by;
  net::ClientResponse response;
  int status = 200;  ///< also of an error that came behind a good one, in a stream that is gathered
  std::string body;  ///< read already, unless the answer is a stream

  /// As worker::Lease has them.
  void note_progress();
  void note_client_waits();
  /// Why a stream of it broke that had begun; the health of a server elsewhere learns it.
  [[nodiscard]] Task<Error> why_broken(Error error);
};

using Asked = std::expected<EngineAnswer, ApiError>;

/// Reads of an answer what must have come before any of it is given to a client: all of a whole
/// one, which is returned, and the first byte of a stream: until then the request can still be
/// given to somebody else, or be refused with a status that says why. Errors: as of the response;
/// upstream for one that is too long.
[[nodiscard]] Task<Expected<std::string>> begin_answer(net::ClientResponse& response, Form form);

/// Gets a worker for the order, or a server elsewhere, and asks it. Of a stream the first byte has
/// come when it returns. Nothing of the answer was forwarded yet, so an order whose worker crashed
/// is given to a new one, limits::kReplays times (F01). Everything it is given outlives it.
[[nodiscard]] Task<Asked> ask_engine(const GatewayOptions& options, Order& order, Waiting& waiting);

/// Whether an order may be given to another worker after this error: its worker crashed, and none
/// did before. One whose worker hung is not: it would hang again; nor is one with a grammar. Counts
/// the crash; the error of one that crashed too many says so.
[[nodiscard]] bool may_replay(Error& error, Order& order);

}  // namespace llf::gateway
