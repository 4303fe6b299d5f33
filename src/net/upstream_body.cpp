#include "net/upstream_body.hpp"

#include "base/limits.hpp"
#include "net/message_writer.hpp"
#include "net/timer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace llf::net {
namespace {

Error broken_framing(const FramingError& error) {
  return {.kind = ErrorKind::upstream,
          .message = fmt::format("the answer is not valid HTTP: {}", error.message)};
}

}  // namespace

UpstreamBody::~UpstreamBody() {
  const bool used_up = complete_ && used_ == inbox_.bytes.size() && !inbox_.ended;
  const bool persists = head_.minor_version == 1 && head_.body.kind != BodyKind::until_close &&
                        !head_.headers.has_token("connection", "close");
  if (keep_ && has_head_ && used_up && persists) keep_(std::move(socket_));
}

Task<Expected<void>> UpstreamBody::start(const ClientRequest& request, std::string_view host) {
  const auto head =
      write_request_head({.method = request.method,
                          .target = request.target,
                          .host = host,
                          .connection = keep_ ? Persistence::keep : Persistence::close},
                         request.headers, request.body.size());
  const auto sent = co_await socket_.write_all({head, request.body}, timeouts_.send);
  // A server that refuses early may close before it has read everything: its answer counts.
  if (!sent && sent.error().kind != ErrorKind::io) co_return failure(sent.error());
  co_return co_await read_head(request.method);
}

Task<Expected<void>> UpstreamBody::read_head(std::string_view method) {
  const auto read_timeout = std::exchange(timeouts_.read, kNoLimit);
  const auto deadline = deadline_after(timeouts_.head);
  HeadScanner scanner(HeadScanner::Kind::response);
  while (true) {
    const auto parsed = parse_head(scanner, method);
    if (!parsed) co_return failure(parsed.error());
    if (*parsed) break;
    const auto filled = co_await fill(deadline);
    if (!filled) co_return failure(filled.error());
    if (*filled == Filled::deadline) {
      co_return failure(ErrorKind::timeout, "no answer came in time");
    }
  }
  has_head_ = true;
  timeouts_.read = read_timeout;
  left_ = head_.body.length;
  complete_ = head_.body.kind == BodyKind::none;
  co_return Expected<void>();
}

// True when the head of the real answer is there; interim heads are dropped.
Expected<bool> UpstreamBody::parse_head(HeadScanner& scanner, std::string_view method) {
  while (true) {
    const auto size = scanner.scan(inbox_.bytes);
    if (!size) return failure(broken_framing(size.error()));
    if (*size == 0) return false;
    auto head = parse_response_head(std::string_view(inbox_.bytes).substr(0, *size), method);
    if (!head) return failure(broken_framing(head.error()));
    inbox_.bytes.erase(0, *size);
    head_ = std::move(*head);
    if (head_.status >= 200) return true;
    if (head_.status == 101 || ++interim_ > limits::kInterimAnswers) {
      return failure(ErrorKind::upstream, "the answer is not valid HTTP: unexpected 1xx");
    }
    scanner = HeadScanner(HeadScanner::Kind::response);
  }
}

Error UpstreamBody::cut_short() const {
  return {.kind = ErrorKind::upstream,
          .message = has_head_ ? "the answer was cut short"
                               : "the connection was closed before the answer came"};
}

Task<Expected<UpstreamBody::Filled>> UpstreamBody::fill(MonoTime deadline) {
  if (++fills_ % limits::kFillsPerTurn == 0) co_await give_turn();
  inbox_.bytes.erase(0, std::exchange(used_, 0));
  const auto silent = deadline_after(timeouts_.read);
  while (!inbox_.ended) {
    const auto result = socket_.try_read(read_scratch());
    if (result.state == IoResult::State::ok) {
      inbox_.bytes.append(read_scratch().data(), result.bytes);
      co_return Filled::bytes;
    }
    if (result.state != IoResult::State::blocked) {
      // A reset is not a regular end, even of a body that lasts until the end.
      if (result.state == IoResult::State::failed) co_return failure(cut_short());
      break;
    }
    const auto why = co_await socket_.wait(FdWatch::For::read, std::min(deadline, silent));
    if (why == Wake::cancelled) co_return failure(ErrorKind::cancelled, "cancelled");
    if (why == Wake::timed_out) {
      if (mono_now() >= deadline) co_return Filled::deadline;
      co_return failure(ErrorKind::timeout, "the answer stopped coming");
    }
  }
  inbox_.ended = true;
  if (!has_head_ || head_.body.kind != BodyKind::until_close) co_return failure(cut_short());
  complete_ = true;
  co_return Filled::bytes;
}

Expected<std::string_view> UpstreamBody::take_chunk_payload() {
  std::size_t at = 0;
  while (at < inbox_.bytes.size() && !scanner_.done()) {
    const auto step = scanner_.next(std::string_view(inbox_.bytes).substr(at));
    if (!step) return failure(broken_framing(step.error()));
    at += step->consumed;
    used_ = at;
    if (!step->payload.empty()) return step->payload;
  }
  complete_ = scanner_.done();
  return std::string_view();
}

Expected<std::string_view> UpstreamBody::take_payload() {
  if (complete_) return std::string_view();
  inbox_.bytes.erase(0, std::exchange(used_, 0));
  if (head_.body.kind == BodyKind::chunked) return take_chunk_payload();
  used_ = inbox_.bytes.size();
  if (head_.body.kind == BodyKind::length) {
    used_ = static_cast<std::size_t>(std::min<std::uint64_t>(used_, left_));
    left_ -= used_;
    complete_ = left_ == 0;
  }
  return std::string_view(inbox_.bytes).substr(0, used_);
}

}  // namespace llf::net
