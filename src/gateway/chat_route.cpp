#include "base/limits.hpp"
#include "gateway/answer.hpp"
#include "gateway/chat_request.hpp"
#include "gateway/discreet.hpp"
#include "gateway/engine_body.hpp"
#include "gateway/engine_call.hpp"
#include "gateway/engine_timings.hpp"
#include "gateway/gateway.hpp"
#include "gateway/prompt_choice.hpp"
#include "gateway/stream_end.hpp"
#include "gateway/waiting.hpp"
#include "json/skim.hpp"
#include "log/log.hpp"
#include "net/relay.hpp"
#include "net/timer.hpp"
#include "prompt/choice.hpp"
#include "sse/writer.hpp"

#include <fmt/format.h>

#include <expected>
#include <optional>
#include <utility>

namespace llf::gateway {
namespace {

/// The engine's answer. The lease outlives the response, so that the worker counts as used until
/// the last byte.
struct EngineAnswer {
  worker::Lease lease;
  net::ClientResponse response;
  std::string body;  ///< read already, unless the answer is a stream
};

/// The form of the answer that the client asked for.
enum class Form : std::uint8_t { whole, stream };

using Prompt = std::optional<prompt::Template>;

/// What the client wants of the engine; owned by the route while its tasks run.
struct Order {
  ChatRequest chat;
  std::optional<std::string> header;  ///< which names a template
  std::string body;                   ///< the client's; the engine's once a worker has it
  ModelId model;                      ///< as the client named it; its name once a worker has it
  scheduler::Target target;           ///< what that stands for
  Prompt prompt;                      ///< the template, filled in, that goes with it
  prompt::Opening opening{};          ///< how the worker's engine takes its opening
  bool is_fitted = false;             ///< the body is the engine's

  [[nodiscard]] Form form() const { return chat.stream ? Form::stream : Form::whole; }
};

net::ClientRequest engine_request(const Order& order) {
  return {.method = "POST",
          .target = "/v1/chat/completions",
          .headers = {{"Content-Type", "application/json"}},
          .body = order.body};
}

/// The worker watches the progress of its requests and ends itself when there is none, which ends
/// our connection: no time limit of ours is needed, and a long prefill is never cut (F05).
net::Timeouts engine_timeouts() {
  return {.send = net::kNoLimit, .head = net::kNoLimit, .read = net::kNoLimit};
}

/// An answer that is too long is the engine's fault, and no wrong request.
Error read_failure(Error error) {
  if (error.kind == ErrorKind::too_large) error.kind = ErrorKind::upstream;
  return error;
}

Task<Expected<EngineAnswer>> ask_once(worker::Lease lease, const Order& order, Waiting& waiting) {
  const Waiting::Asked asked(waiting, lease);
  auto response = co_await net::request(lease.endpoint(), engine_request(order), engine_timeouts());
  std::string body;
  const bool stream = order.form() == Form::stream && response && response->status() == 200;
  // The engine sends the head of a stream before it has read the prompt. Until a byte follows, the
  // request can still be given to another worker or be refused with a status that says why.
  if (stream) {
    if (auto begun = co_await response->wait_for_body(); !begun) response = failure(begun.error());
  } else if (response) {
    auto read = co_await response->read_all(limits::kEngineAnswer);
    if (!read) response = failure(read_failure(read.error()));
    if (read) body = *std::move(read);
  }
  if (response) {
    co_return EngineAnswer{
        .lease = std::move(lease), .response = *std::move(response), .body = std::move(body)};
  }
  co_return failure(co_await why_failed(lease, response.error()));
}

/// Nothing of the answer was forwarded yet, so a request whose worker crashed is given to a new
/// one, once (F01). One whose worker hung is not: it would hang again.
bool may_replay(const Error& error, std::size_t attempt) {
  return attempt < limits::kReplays &&
         (error.kind == ErrorKind::upstream || error.kind == ErrorKind::unavailable);
}

/// Gives the order what its name stands for, and the template that goes with that.
std::expected<void, ApiError> aim(const GatewayOptions& options, Order& order,
                                  scheduler::Target target) {
  const bool has_prompt = target.name == order.target.name && target.prompt == order.target.prompt;
  order.target = std::move(target);
  if (has_prompt) return {};
  auto prompt = choose_prompt({.library = options.prompts,
                               .settings = options.settings,
                               .of_profile = order.target.prompt,
                               .model = order.target.name.str()},
                              order.header);
  if (!prompt) return std::unexpected(ApiError(prompt.error(), prompt::kHeader));
  order.prompt = *std::move(prompt);
  return {};
}

/// Learns from the worker how it takes the beginning of an answer, if the order has one. Errors:
/// the worker's.
Task<Expected<void>> choose_opening(Order& order, worker::Lease& lease) {
  if (!order.prompt || prompt::beginning_of_answer(*order.prompt).empty()) {
    co_return Expected<void>();
  }
  order.opening = prompt::Opening::asked_for;
  // The beginning would have to be of the form that the answer must have.
  if (order.chat.constrained) co_return Expected<void>();
  const auto opening = co_await ask_for_opening(lease.endpoint());
  if (!opening) co_return failure(co_await why_failed(lease, opening.error()));
  order.opening = *opening;
  co_return Expected<void>();
}

/// Makes the engine's body of the client's, for what the name stood for when its worker was chosen:
/// the settings may have changed while the order waited. A replay keeps it.
std::expected<void, ApiError> fit(Order& order) {
  if (std::exchange(order.is_fitted, true)) return {};
  auto body = engine_body(std::move(order.body), order.chat,
                          {.inference = order.target.inference,
                           .prompt = std::move(order.prompt),
                           .opening = order.opening});
  if (!body) return std::unexpected(body.error());
  order.body = *std::move(body);
  order.model = order.target.name;
  return {};
}

using Asked = std::expected<EngineAnswer, ApiError>;

Task<Asked> ask_engine(const GatewayOptions& options, Order& order, Waiting& waiting) {
  for (std::size_t attempt = 0;; ++attempt) {
    auto served = co_await options.scheduler.acquire(order.model);
    if (!served) co_return std::unexpected(model_error(served.error()));
    Expected<void> ready;
    if (!order.is_fitted) {
      if (auto aimed = aim(options, order, std::move(served->target)); !aimed) {
        co_return std::unexpected(aimed.error());
      }
      ready = co_await choose_opening(order, served->lease);
    }
    if (ready) {
      if (auto fitted = fit(order); !fitted) co_return std::unexpected(fitted.error());
    }
    auto answer = ready ? co_await ask_once(std::move(served->lease), order, waiting)
                        : Expected<EngineAnswer>(failure(ready.error()));
    if (answer) co_return *std::move(answer);
    if (!may_replay(answer.error(), attempt)) {
      co_return std::unexpected(model_error(answer.error()));
    }
    log::warn("gateway", "asking {} again: {}", order.model.str(), answer.error().message);
  }
}

/// Why an answer ends before the engine's does.
enum class Interruption : std::uint8_t { client_gone, stopping };

/// Returns when the client is gone. Meanwhile a client that waits for a stream gets a comment now
/// and then, so that nothing on its way takes the connection for dead.
Task<Interruption> watch_client(net::Responder& responder, Form form, const Waiting& waiting) {
  for (;;) {
    const auto gone = co_await net::with_deadline(
        responder.closed(), form == Form::stream ? limits::kPingInterval : net::kNoLimit,
        "the client");
    if (gone || gone.error().kind != ErrorKind::timeout) co_return Interruption::client_gone;
    if (!responder.started() && !co_await responder.begin(200, event_stream_headers())) {
      co_return Interruption::client_gone;
    }
    if (!co_await responder.write(sse::comment(waiting.text())))
      co_return Interruption::client_gone;
  }
}

Task<Interruption> interrupted(net::Responder& responder, Form form, const Waiting& waiting,
                               net::Event& stopping) {
  auto ended = co_await net::race(watch_client(responder, form, waiting), stopping.wait());
  co_return ended.winner == 0 ? ended.first : Interruption::stopping;
}

/// Ends an answer with an error: as a whole answer, or as the last event of a stream that is then
/// cut, so that no client takes it for complete (F02).
Task<void> fail(net::Responder& responder, ApiError error) {
  error.error.message = discreet(error.error.message);
  if (!responder.started()) {
    co_await send(responder, error_response(error));
    co_return;
  }
  static_cast<void>(co_await responder.write(error_event(error)));
  responder.abort();
}

bool has_type(const net::ClientResponse& response, std::string_view type) {
  return response.headers().get("content-type").value_or("").starts_with(type);
}

ApiError unexpected_answer() {
  return Error{.kind = ErrorKind::upstream,
               .message =
                   "the engine answered with something else than a completion; `llf server "
                   "logs` may say why"};
}

/// Keeps how fast the engine was and what memory it has: estimates of this model become better.
void note_measured(const GatewayOptions& options, const Order& order,
                   const EngineTimings& timings) {
  const auto speed = timings.speed();
  if (!speed) return;
  const auto& load = order.target.load;
  options.measurements.note(load.path, *speed, [&]() -> Measured {
    const auto worker = options.scheduler.find(order.target.worker);
    if (!worker) return {};
    const auto status = worker->status();
    return {.size = load.size.bytes(),
            .rss = status.rss.bytes(),
            .loading = {.context = status.context, .slots = status.slots}};
  });
}

Task<EngineTimings> send_whole(net::Responder& responder, EngineAnswer answer) {
  EngineTimings timings;
  // Read, because a body that the engine cut short is no answer, whatever it declares (F46).
  if (!has_type(answer.response, "application/json") || !json::is_object(answer.body)) {
    co_await fail(responder, unexpected_answer());
    co_return timings;
  }
  timings.feed(answer.body);
  co_await send(responder, {.status = 200,
                            .headers = {{"Content-Type", "application/json"}},
                            .body = std::move(answer.body)});
  co_return timings;
}

Task<EngineTimings> send_stream(net::Responder& responder, EngineAnswer answer,
                                net::Event& stopping) {
  EngineTimings timings;
  if (!has_type(answer.response, "text/event-stream")) {
    co_await fail(responder, unexpected_answer());
    co_return timings;
  }
  if (!responder.started() && !co_await responder.begin(200, event_stream_headers())) {
    co_return timings;
  }
  StreamEnd end;
  net::RelayOptions options{.on_bytes =
                                [&](std::string_view bytes) {
                                  answer.lease.note_progress();
                                  answer.lease.note_client_waits();
                                  end.feed(bytes);
                                  timings.feed(bytes);
                                },
                            .is_whole = [&] { return end.seen_done(); },
                            .on_taken = [&] { answer.lease.note_progress(); }};
  auto relayed = co_await net::race(net::relay(answer.response, responder, std::move(options)),
                                    stopping.wait());
  if (relayed.winner == 1) {
    co_await fail(responder, stopping_error());
  } else if (relayed.first.outcome == net::RelayOutcome::upstream_failed) {
    const auto why = co_await why_failed(answer.lease, relayed.first.error);
    log::warn("gateway", "a stream broke: {}", why.message);
    co_await fail(responder, why);
  }
  co_return timings;
}

/// The order of a request, refused where that can be said before a worker is there.
std::expected<Order, ApiError> make_order(const GatewayOptions& options, net::Request& request,
                                          ChatRequest chat) {
  auto target = options.names.resolve(chat.model);
  if (!target) return std::unexpected(model_error(target.error()));
  Order order{
      .chat = std::move(chat), .header = {}, .body = {}, .model = {}, .target = {}, .prompt = {}};
  if (const auto count = request.headers.count(prompt::kHeader); count > 1) {
    return std::unexpected(ApiError(
        {.kind = ErrorKind::invalid,
         .message =
             fmt::format("the header {} came {} times: send it once", prompt::kHeader, count)},
        prompt::kHeader));
  }
  if (const auto header = request.headers.get(prompt::kHeader)) order.header = *header;
  order.model = order.chat.model;
  if (auto aimed = aim(options, order, *std::move(target)); !aimed) {
    return std::unexpected(aimed.error());
  }
  order.body = std::move(request.body);
  return order;
}

}  // namespace

Task<void> Gateway::chat(net::Request& request, net::Responder& responder) {
  auto chat = read_chat_request(request.body);
  if (!chat) {
    co_await send(responder, error_response(chat.error()));
    co_return;
  }
  co_await options_.models.refresh();
  auto order = make_order(options_, request, *std::move(chat));
  if (!order) {
    co_await fail(responder, order.error());
    co_return;
  }
  Waiting waiting(options_.scheduler, order->target.worker);
  auto asked = co_await net::race(ask_engine(options_, *order, waiting),
                                  interrupted(responder, order->form(), waiting, stopping_));
  if (asked.winner == 1) {
    // Dropping the engine's connection cancels what it was doing.
    if (asked.second == Interruption::stopping) co_await fail(responder, stopping_error());
    co_return;
  }
  if (!asked.first) {
    co_await fail(responder, asked.first.error());
  } else if (const int status = asked.first->response.status(); status != 200) {
    co_await fail(responder, from_engine(status, asked.first->body));
  } else if (order->form() == Form::stream) {
    note_measured(options_, *order,
                  co_await send_stream(responder, *std::move(asked.first), stopping_));
  } else {
    note_measured(options_, *order, co_await send_whole(responder, *std::move(asked.first)));
  }
}

}  // namespace llf::gateway
