#pragma once

#include "base/task.hpp"
#include "gateway/gateway.hpp"
#include "gateway/inference_request.hpp"
#include "net/http_message.hpp"
#include "prompt/assembly.hpp"
#include "prompt/template.hpp"
#include "scheduler/names.hpp"
#include "worker/worker.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace llf::gateway {

/// A client that wants fields that are not known refused, and those that were left out, named.
/// Another value than true, false, 1 and 0 is refused.
inline constexpr std::string_view kStrictHeader = "x-llf-strict";
inline constexpr std::string_view kIgnoredHeader = "x-llf-ignored";
/// How long the request waited for its model, and for what: waited_text.
inline constexpr std::string_view kQueuedHeader = "x-llf-queued";
/// Which server elsewhere answered.
inline constexpr std::string_view kEndpointHeader = "x-llf-endpoint";

/// The form of the answer that the client asked for.
enum class Form : std::uint8_t { whole, stream };

/// What a client wants of a worker; owned by the route while its tasks run.
struct Order {
  InferenceRequest request;
  std::optional<std::string> header;  ///< which names a prompt template
  std::string body;                   ///< the client's; the engine's once a worker has it
  ModelId model;                      ///< as the client named it; its name once a worker has it
  scheduler::Target target;           ///< what that stands for
  std::optional<prompt::Template> prompt;  ///< filled in, that goes with it
  prompt::Opening opening{};               ///< how the worker's engine takes its opening
  bool is_fitted = false;                  ///< the body is the engine's
  std::string served_by;                   ///< the endpoint that answers; empty: an engine of ours
  bool continues = false;                  ///< it is the rest of an answer that has begun
  std::size_t crashes = 0;                 ///< of workers that had it
  std::optional<Duration> queued;          ///< until there was room for its worker
  std::optional<Duration> loaded;          ///< that its worker needed; nothing: it was ready
  Duration slot{};                         ///< until its worker had a slot for it
  bool strict = false;                     ///< what nobody honours is refused

  [[nodiscard]] const ApiFacts& api() const { return facts_of(request.api); }
  /// See InferenceRequest::is_gathered.
  [[nodiscard]] bool is_gathered() const { return !target.elsewhere && request.is_gathered(); }
  [[nodiscard]] Form form() const { return request.stream ? Form::stream : Form::whole; }
  [[nodiscard]] scheduler::Wish wish() const {
    return {.name = model, .mode = api().mode, .keep_alive = request.keep_alive};
  }
};

/// The order of a request, refused where that can be said before a worker is there.
[[nodiscard]] std::expected<Order, ApiError> make_order(const GatewayOptions& options, Api api,
                                                        net::Request& request);

/// Gives the order what its name stands for, and the template that goes with that.
[[nodiscard]] std::expected<void, ApiError> aim(const GatewayOptions& options, Order& order,
                                                scheduler::Target target);

/// Learns from the worker how it takes the beginning of an answer, if the order has one. Errors:
/// the worker's.
[[nodiscard]] Task<Expected<void>> choose_opening(Order& order, worker::Lease& lease);

/// Makes the engine's body of the client's, for what the name stood for when its worker was chosen:
/// the settings may have changed while the order waited. A replay keeps it.
[[nodiscard]] std::expected<void, ApiError> fit(Order& order);

/// The body for a server elsewhere, as `fit` makes it of the client's, which stays: another server
/// may need another one.
[[nodiscard]] std::expected<std::string, ApiError> body_for(const Order& order,
                                                            config::Dialect dialect);

/// Notes that this field had no effect: the answer's head names it. Errors: the client is strict.
[[nodiscard]] std::expected<void, ApiError> note_ignored(Order& order, std::string_view field);

/// The head of its answer, beside what it is: the fields that were left out, how long it waited,
/// and which endpoint answers.
void add_order_headers(net::Headers& headers, const Order& order);

}  // namespace llf::gateway
