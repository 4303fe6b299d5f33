#include "gateway/inference_ask.hpp"

#include "base/limits.hpp"
#include "gateway/endpoint_ask.hpp"
#include "gateway/engine_call.hpp"
#include "gateway/gathered_answer.hpp"
#include "gateway/tool_support.hpp"
#include "log/log.hpp"
#include "net/timer.hpp"

#include <fmt/format.h>

#include <utility>

namespace llf::gateway {
namespace {

net::ClientRequest engine_request(const Order& order) {
  return {.method = "POST",
          .target = std::string(order.api().path),
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

/// Whether the worker goes on with what was said: it is of the same model, loaded the same way, and
/// its engine does not begin anew.
Task<Expected<void>> check_continuation(const Order& order, scheduler::Served& served) {
  if (served.target.load != order.target.load) {
    co_return failure(ErrorKind::conflict, "the model's settings have changed meanwhile");
  }
  if (order.request.api != Api::chat) co_return Expected<void>();
  const auto opening = co_await ask_for_opening(served.lease.endpoint());
  if (!opening) co_return failure(co_await why_failed(served.lease, opening.error()));
  if (*opening == prompt::Opening::prefill) co_return Expected<void>();
  co_return failure(ErrorKind::conflict, "the engine does not go on with a begun answer");
}

/// Notes that a call cannot be had that the client demands, where that can be said before.
Task<std::expected<void, ApiError>> check_call(Order& order, const worker::Lease& lease) {
  if (!order.request.must_call) co_return std::expected<void, ApiError>();
  co_return co_await note_tool_support(order, lease.endpoint());
}

/// An answer that has begun: EngineAnswer without who gives it.
struct Begun {
  net::ClientResponse response;
  Gathered answer;
};

Task<Expected<Begun>> ask_worker(worker::Lease& lease, const Order& order) {
  auto response = co_await net::request(lease.endpoint(), engine_request(order), engine_timeouts());
  if (!response) co_return failure(response.error());
  if (order.is_gathered()) {
    auto gathered =
        co_await gather_answer(*response, order.request, [&lease] { lease.note_progress(); });
    if (!gathered) co_return failure(gathered.error());
    co_return Begun{.response = *std::move(response), .answer = *std::move(gathered)};
  }
  auto body = co_await begin_answer(*response, order.form());
  if (!body) co_return failure(body.error());
  const int status = response->status();
  co_return Begun{.response = *std::move(response),
                  .answer = {.status = status, .body = *std::move(body)}};
}

/// Sees how long the order waits for a slot; returns when it is cancelled.
Task<void> watch_slot(const worker::Lease& lease, Order& order) {
  const auto begun = mono_now();
  while (lease.queue_position() > 0) {
    if (!co_await net::sleep_for(limits::kBusyPoll)) co_return;
    order.slot = mono_now() - begun;
  }
  static_cast<void>(co_await net::sleep_for(net::kNoLimit));
}

Task<Expected<Begun>> ask_and_watch(worker::Lease& lease, Order& order) {
  if (lease.queue_position() == 0) co_return co_await ask_worker(lease, order);
  auto asked = co_await net::race(ask_worker(lease, order), watch_slot(lease, order));
  co_return std::move(asked.first);
}

Task<Expected<EngineAnswer>> ask_once(scheduler::Served served, Order& order, Waiting& waiting) {
  auto& lease = served.lease;
  const Waiting::Asked asked(waiting, lease);
  auto begun = co_await ask_and_watch(lease, order);
  if (!begun) co_return failure(co_await why_failed(lease, begun.error()));
  co_return EngineAnswer{
      .by = WorkerUse{.place = std::move(served.place), .lease = std::move(lease)},
      .response = std::move(begun->response),
      .status = begun->answer.status,
      .body = std::move(begun->answer.body)};
}

}  // namespace

bool may_replay(Error& error, Order& order) {
  if (error.kind != ErrorKind::upstream && error.kind != ErrorKind::unavailable) return false;
  if (order.request.grammar) return false;  // it is what engines die of (SEC-21)
  if (order.crashes++ < limits::kReplays) return true;
  error = error.with_context(
      fmt::format("this request has failed {} times and is not tried again", order.crashes));
  return false;
}

Task<Expected<std::string>> begin_answer(net::ClientResponse& response, Form form) {
  constexpr int kOk = 200;
  if (form == Form::stream && response.status() == kOk) {
    if (auto begun = co_await response.wait_for_body(); !begun) co_return failure(begun.error());
    co_return std::string();
  }
  auto read = co_await response.read_all(limits::kEngineAnswer);
  if (!read) co_return failure(read_failure(read.error()));
  co_return *std::move(read);
}

void EngineAnswer::note_progress() {
  if (auto* const use = std::get_if<WorkerUse>(&by)) use->lease.note_progress();
}

void EngineAnswer::note_client_waits() {
  if (auto* const use = std::get_if<WorkerUse>(&by)) use->lease.note_client_waits();
}

Task<Error> EngineAnswer::why_broken(Error error) {
  if (auto* const use = std::get_if<WorkerUse>(&by)) {
    co_return co_await why_failed(use->lease, std::move(error));
  }
  auto& use = std::get<remote::Use>(by);
  error = error.with_context(fmt::format("the endpoint '{}'", use.name()));
  // Whether the server itself has gone the next request sees.
  if (error.kind != ErrorKind::cancelled) use.model_failed(error);
  co_return error;
}

Task<Asked> ask_engine(const GatewayOptions& options, Order& order, Waiting& waiting) {
  if (order.target.elsewhere) co_return co_await ask_elsewhere(options, order);
  for (;;) {
    auto served = co_await options.scheduler.acquire(order.wish());
    if (!served) co_return std::unexpected(model_error(served.error()));
    order.queued = order.queued.value_or(Duration()) + served->queued;
    if (served->loaded) order.loaded = served->loaded;
    Expected<void> ready;
    if (order.continues) ready = co_await check_continuation(order, *served);
    if (!order.is_fitted) {
      if (auto aimed = aim(options, order, served->target); !aimed) {
        co_return std::unexpected(aimed.error());
      }
      ready = co_await choose_opening(order, served->lease);
    }
    if (ready) {
      if (auto fitted = fit(order); !fitted) co_return std::unexpected(fitted.error());
      if (auto able = co_await check_call(order, served->lease); !able) {
        co_return std::unexpected(able.error());
      }
    }
    auto answer = ready ? co_await ask_once(*std::move(served), order, waiting)
                        : Expected<EngineAnswer>(failure(ready.error()));
    if (answer) co_return *std::move(answer);
    if (!may_replay(answer.error(), order)) {
      co_return std::unexpected(model_error(answer.error()));
    }
    log::warn("gateway", "asking {} again: {}", order.model.str(), answer.error().message);
  }
}

}  // namespace llf::gateway
