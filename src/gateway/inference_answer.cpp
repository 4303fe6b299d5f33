#include "gateway/inference_answer.hpp"

#include "base/limits.hpp"
#include "gateway/answer.hpp"
#include "gateway/client_events.hpp"
#include "gateway/completed_answer.hpp"
#include "gateway/continuation.hpp"
#include "gateway/discreet.hpp"
#include "gateway/engine_call.hpp"
#include "gateway/engine_refusal.hpp"
#include "gateway/engine_timings.hpp"
#include "gateway/event_writer.hpp"
#include "gateway/histogram.hpp"
#include "gateway/logprobs.hpp"
#include "gateway/stream_end.hpp"
#include "gateway/streamed_text.hpp"
#include "gateway/tool_support.hpp"
#include "json/skim.hpp"
#include "log/log.hpp"
#include "net/relay.hpp"
#include "net/timer.hpp"
#include "sse/writer.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

namespace llf::gateway {
namespace {

/// Why an answer ends before the engine's does.
enum class Interruption : std::uint8_t { client_gone, stopping };

/// How a stream that was relayed ended: `broke` says why it is not whole.
struct StreamResult {
  enum class End : std::uint8_t { whole, nobody_left, stopping, broke } end = End::nobody_left;
  Error why;
};

using End = StreamResult::End;

net::Headers stream_headers(const Order& order) {
  auto headers = event_stream_headers();
  add_order_headers(headers, order);
  return headers;
}

/// The head of a stream whose first event has not come.
net::Headers waiting_headers(const Answering& to) {
  auto headers = stream_headers(to.order);
  if (auto text = to.waiting.so_far()) headers.set(std::string(kQueuedHeader), *std::move(text));
  return headers;
}

/// Returns when the client is gone. Meanwhile a client that waits for a stream gets a comment now
/// and then, so that nothing on its way takes the connection for dead.
Task<Interruption> watch_client(const Answering& to) {
  const bool stream = to.order.form() == Form::stream;
  for (;;) {
    const auto gone = co_await net::with_deadline(
        to.responder.closed(), stream ? limits::kPingInterval : net::kNoLimit, "the client");
    if (gone || gone.error().kind != ErrorKind::timeout) co_return Interruption::client_gone;
    if (!to.responder.started() && !co_await to.responder.begin(200, waiting_headers(to))) {
      co_return Interruption::client_gone;
    }
    if (!co_await to.responder.write(sse::comment(to.waiting.text()))) {
      co_return Interruption::client_gone;
    }
  }
}

Task<Interruption> interrupted(const Answering& to) {
  auto ended = co_await net::race(watch_client(to), to.stopping.wait());
  co_return ended.winner == 0 ? ended.first : Interruption::stopping;
}

/// Ends an answer with an error: as a whole answer, or as the last event of a stream that is then
/// cut, so that no client takes it for complete (F02).
Task<Outcome> fail(net::Responder& responder, ApiError error) {
  constexpr int kServerErrors = 500;
  const auto outcome = status_of(error) < kServerErrors ? Outcome::refused : Outcome::failed;
  error.error.message = discreet(error.error.message);
  if (!responder.started()) {
    co_await send(responder, error_response(error));
    co_return outcome;
  }
  static_cast<void>(co_await responder.write(error_event(error)));
  responder.abort();
  co_return outcome;
}

/// The engine refuses the order. Its words stay in the log, unless they blame the client.
ApiError refusal_of(const Order& order, int status, std::string_view body) {
  constexpr int kServerErrors = 500;
  auto refusal =
      engine_refusal(order.request.api, status, body).value_or(from_engine(status, body));
  if (status >= kServerErrors || status_of(refusal) >= kServerErrors) {
    log::warn("gateway", "the engine of {} answered {}: {}", order.model.str(), status,
              engine_words(body));
  }
  return refusal;
}

bool has_type(const net::ClientResponse& response, std::string_view type) {
  return response.headers().get("content-type").value_or("").starts_with(type);
}

ApiError unexpected_answer(const Order& order) {
  return Error{.kind = ErrorKind::upstream,
               .message = order.served_by.empty()
                              ? "the engine answered with something else than a completion; `llf "
                                "server logs` may say why"
                              : fmt::format("the endpoint '{}' answered with something else than a "
                                            "completion",
                                            order.served_by)};
}

/// Keeps how fast the engine was and what memory it has: estimates of this model become better.
void note_measured(const Answering& to, const EngineTimings& timings) {
  const auto speed = timings.speed();
  if (!speed || to.order.target.elsewhere) return;
  const auto& load = to.order.target.load;
  to.options.measurements.note(load.path, *speed, [&]() -> Measured {
    const auto worker = to.options.scheduler.find(to.order.target.worker);
    if (!worker) return {};
    const auto status = worker->status();
    return {.size = load.size.bytes(),
            .rss = status.rss.bytes(),
            .gpu = status.gpu.bytes(),
            .loading = {.context = status.context, .slots = status.slots}};
  });
}

Task<Outcome> send_whole(const Answering& to, EngineAnswer answer) {
  // Read, because a body that the engine cut short is no answer, whatever it declares (F46).
  const bool is_json = to.order.is_gathered() || has_type(answer.response, "application/json");
  if (!is_json || !json::is_object(answer.body)) {
    log::warn("gateway", "no completion of {}: {}", to.order.model.str(),
              engine_words(answer.body));
    co_return co_await fail(to.responder, unexpected_answer(to.order));
  }
  if (to.order.request.must_call && !calls_tool(answer.body)) {
    if (auto kept = note_ignored(to.order, "tool_choice"); !kept) {
      co_return co_await fail(to.responder, kept.error());
    }
  }
  EngineTimings timings;
  timings.feed(answer.body);
  const auto& request = to.order.request;
  auto body = completed_answer(request.api, std::move(answer.body));
  if (request.logprobs) body = with_logprobs(logprob_shape(request), std::move(body));
  net::Response response{
      .status = 200, .headers = {{"Content-Type", "application/json"}}, .body = std::move(body)};
  add_order_headers(response.headers, to.order);
  co_await send(to.responder, std::move(response));
  note_measured(to, timings);
  co_return Outcome::served;
}

/// Sees the parts of a stream: how far apart they come, and what the engine says of its speed.
class StreamWatch {
 public:
  explicit StreamWatch(const Answering& to)
      : to_(to), inter_token_(to.metrics.of(to.order.target.name.str()).inter_token) {}

  void feed(std::string_view bytes) {
    const auto now = mono_now();
    if (last_) inter_token_.note(now - *last_);
    last_ = now;
    timings_.feed(bytes);
  }

  /// The stream is over.
  void end() const { note_measured(to_, timings_); }

 private:
  const Answering& to_;
  Histogram& inter_token_;
  EngineTimings timings_;
  std::optional<MonoTime> last_;
};

/// Forwards the events as they come, and keeps what they say for a continuation.
Task<StreamResult> relay_stream(const Answering& to, EngineAnswer& answer, StreamedText& said) {
  StreamWatch watch(to);
  StreamEnd end;
  std::uint64_t seen = 0;
  net::RelayOptions options{.on_bytes =
                                [&](std::string_view bytes) {
                                  answer.note_progress();
                                  answer.note_client_waits();
                                  watch.feed(bytes);
                                  seen += bytes.size();
                                  end.feed(bytes);
                                  if (to.order.request.plain) said.feed(bytes);
                                },
                            .is_whole = [&] { return end.seen_done(); },
                            .on_taken = [&] { answer.note_progress(); }};
  const auto relayed = co_await net::race(
      net::relay(answer.response, to.responder, std::move(options)), to.stopping.wait());
  watch.end();
  if (relayed.winner == 1) co_return StreamResult{.end = End::stopping, .why = {}};
  if (relayed.first.outcome == net::RelayOutcome::complete) {
    co_return StreamResult{.end = End::whole, .why = {}};
  }
  if (relayed.first.outcome != net::RelayOutcome::upstream_failed) co_return StreamResult{};
  // Of a chunk that did not come whole the client has nothing.
  if (seen != relayed.first.bytes) said.forget();
  co_return StreamResult{.end = End::broke, .why = co_await answer.why_broken(relayed.first.error)};
}

/// Where events go that are rewritten, and what has been said in them.
struct Rewriting {
  EventWriter& writer;
  StreamedText& said;
};

Task<StreamResult> rewrite_events(const Answering& to, EngineAnswer& answer, Rewriting into,
                                  RewrittenEvents events) {
  StreamWatch watch(to);
  for (;;) {
    const auto bytes = co_await answer.response.read_some();
    answer.note_progress();
    if (bytes) watch.feed(*bytes);
    if (bytes && to.order.request.plain) into.said.feed(*bytes);
    const auto text = bytes ? events.feed(*bytes) : failure(bytes.error());
    const bool cut = bytes && bytes->empty() && !events.done();
    if (!text || cut) {
      const Error error = text ? Error{.kind = ErrorKind::upstream,
                                       .message = "the answer ended before its last event"}
                               : text.error();
      co_return StreamResult{.end = End::broke, .why = co_await answer.why_broken(error)};
    }
    answer.note_client_waits();
    if (!text->empty() && !co_await into.writer.write(*text)) co_return StreamResult{};
    answer.note_progress();
    if (bytes->empty()) break;
  }
  watch.end();
  if (!co_await into.writer.end()) co_return StreamResult{};
  co_return StreamResult{.end = End::whole, .why = {}};
}

/// The same for events that are rewritten.
Task<StreamResult> forward_rewritten(const Answering& to, EngineAnswer& answer,
                                     RewrittenEvents events, StreamedText& said) {
  EventWriter writer(to.responder);
  auto forwarded = co_await net::race(
      rewrite_events(to, answer, {.writer = writer, .said = said},
                     client_events(to.order, std::move(events))),
      net::race(net::race(to.responder.closed(), writer.ping()), to.stopping.wait()));
  if (forwarded.winner == 0) co_return forwarded.first;
  const bool stopping = forwarded.second.winner == 1;
  co_return StreamResult{.end = stopping ? End::stopping : End::nobody_left, .why = {}};
}

/// Asks for the rest of an answer and forwards it; `why` it broke is told where nobody has it.
Task<StreamResult> continue_stream(const Answering& to, BegunAnswer begun, Error why) {
  auto asked = co_await net::race(ask_engine(to.options, to.order, to.waiting), interrupted(to));
  if (asked.winner == 1) {
    const bool stopping = asked.second == Interruption::stopping;
    co_return StreamResult{.end = stopping ? End::stopping : End::nobody_left, .why = {}};
  }
  const bool begun_anew = asked.first && asked.first->status == 200 &&
                          has_type(asked.first->response, "text/event-stream");
  if (!begun_anew) {
    log::warn("gateway", "the stream is not gone on with: {}",
              asked.first ? "the engine refuses" : asked.first.error().error.message);
    co_return StreamResult{.end = End::broke, .why = std::move(why)};
  }
  StreamedText rest(to.order.request.api);  // it is not gone on with twice
  co_return co_await forward_rewritten(to, *asked.first,
                                       continued_events(to.order.request.api, begun), rest);
}

/// Goes on with an answer whose worker crashed, where that is faithful; else `result` as it is.
Task<StreamResult> rescue(const Answering& to, StreamResult result, const StreamedText& said) {
  auto& order = to.order;
  // How a server elsewhere goes on with a begun answer is not known.
  if (order.target.elsewhere) co_return result;
  if (!order.request.plain || !said.can_continue() || !may_replay(result.why, order)) {
    co_return result;
  }
  BegunAnswer begun{.text = said.text(), .tokens = said.tokens(), .head = said.head()};
  if (begun.text.empty() && begun.tokens > 0) co_return result;  // no text that can be told
  auto body = continued_body(order.request.api, order.body, begun);
  if (!body) co_return result;
  log::warn("gateway", "a stream of {} broke after {} tokens and is gone on with: {}",
            order.model.str(), begun.tokens, result.why.message);
  order.body = *std::move(body);
  order.continues = true;
  co_return co_await continue_stream(to, std::move(begun), std::move(result.why));
}

Task<Outcome> send_stream(const Answering& to, EngineAnswer answer) {
  if (!has_type(answer.response, "text/event-stream")) {
    co_return co_await fail(to.responder, unexpected_answer(to.order));
  }
  if (!to.responder.started() && !co_await to.responder.begin(200, stream_headers(to.order))) {
    co_return Outcome::client_gone;
  }
  StreamedText said(to.order.request.api);
  StreamResult result;
  {
    // Its lease ends, of a worker that died, before another is asked for.
    auto first = std::move(answer);
    if (is_rewritten(to.order)) {
      result = co_await forward_rewritten(to, first, {}, said);
    } else {
      result = co_await relay_stream(to, first, said);
    }
  }
  if (result.end == End::broke) result = co_await rescue(to, std::move(result), said);
  switch (result.end) {
    case End::whole:
      co_return Outcome::served;
    case End::nobody_left:
      co_return Outcome::client_gone;
    case End::stopping:
      co_return co_await fail(to.responder, stopping_error());
    case End::broke:
      log::warn("gateway", "a stream broke: {}", result.why.message);
      co_return co_await fail(to.responder, result.why);
  }
  co_return Outcome::failed;
}

/// Asks a worker and sends what it says; `begun` is when the request came.
Task<Outcome> ask_and_send(const Answering& to, MonoTime begun) {
  auto asked = co_await net::race(ask_engine(to.options, to.order, to.waiting), interrupted(to));
  if (asked.winner == 1) {
    // Dropping the engine's connection cancels what it was doing.
    if (asked.second != Interruption::stopping) co_return Outcome::client_gone;
    co_return co_await fail(to.responder, stopping_error());
  }
  if (!asked.first) co_return co_await fail(to.responder, asked.first.error());
  if (const int status = asked.first->status; status != 200) {
    co_return co_await fail(to.responder, refusal_of(to.order, status, asked.first->body));
  }
  to.metrics.of(to.order.target.name.str()).first_token.note(mono_now() - begun);
  co_return to.order.form() == Form::stream ? co_await send_stream(to, *std::move(asked.first))
                                            : co_await send_whole(to, *std::move(asked.first));
}

}  // namespace

Task<void> answer(Answering to) {
  const auto begun = mono_now();
  const auto outcome = co_await ask_and_send(to, begun);
  auto& metrics = to.metrics.of(to.order.target.name.str());
  ++metrics.outcomes[outcome];
  if (to.order.queued) metrics.queue.note(*to.order.queued);
  if (to.order.loaded) metrics.load.note(*to.order.loaded);
  metrics.request.note(mono_now() - begun);
}

}  // namespace llf::gateway
