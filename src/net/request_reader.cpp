#include "net/request_reader.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace llf::net {
namespace {

std::unexpected<Stop> refuse(const Refusal& refusal) {
  return std::unexpected(Stop{.refusal = refusal});
}

std::unexpected<Stop> refuse(const FramingError& error) {
  const auto kind = error.status == 413 ? ErrorKind::too_large : ErrorKind::invalid;
  return refuse(
      Refusal{.status = error.status, .kind = kind, .code = error.code, .message = error.message});
}

std::unexpected<Stop> leave() {
  return std::unexpected(Stop{});
}

constexpr Refusal kTooSlow{.status = 408,
                           .kind = ErrorKind::timeout,
                           .code = "request_timeout",
                           .message = "The request came too slowly."};
constexpr Refusal kTooLarge{.status = 413,
                            .kind = ErrorKind::too_large,
                            .code = "body_too_large",
                            .message = "The request body is larger than the limit."};
constexpr Refusal kNoRoom{.status = 503,
                          .kind = ErrorKind::unavailable,
                          .code = "too_many_uploads",
                          .message = "Too many request bodies are being read; try again later."};

/// By when a body must be whole of which `received` bytes have come.
MonoTime body_deadline(MonoTime start, std::size_t received, Duration grace) {
  const std::chrono::seconds earned(received / limits::kBodyRate.bytes());
  return start + std::min<Duration>(grace + earned, limits::kBodyTimeout);
}

}  // namespace

Task<RequestReader::Fill> RequestReader::fill(MonoTime deadline) {
  if (++reads_ % limits::kReadsPerTurn == 0) co_await give_turn();
  while (!inbox_.ended) {
    const auto result = socket_.try_read(read_scratch());
    switch (result.state) {
      case IoResult::State::ok:
        inbox_.bytes.append(read_scratch().data(), result.bytes);
        // A client that sends without pause does not escape its deadline.
        co_return mono_now() < deadline ? Fill::ok : Fill::timed_out;
      case IoResult::State::end:
      case IoResult::State::failed:
        inbox_.ended = true;
        break;
      case IoResult::State::blocked:
        switch (co_await socket_.wait(FdWatch::For::read, deadline)) {
          case Wake::woken:
            break;
          case Wake::timed_out:
            co_return Fill::timed_out;
          case Wake::cancelled:
            co_return Fill::ended;
        }
    }
  }
  co_return Fill::ended;
}

Task<bool> RequestReader::wait_for_request() {
  if (!inbox_.bytes.empty()) co_return true;
  inbox_.bytes = std::string();
  co_return co_await fill(deadline_after(options_.keep_alive_timeout)) == Fill::ok;
}

Task<std::expected<RequestHead, Stop>> RequestReader::read_head() {
  const auto deadline = deadline_after(options_.header_timeout);
  HeadScanner scanner(HeadScanner::Kind::request);
  while (true) {
    const auto size = scanner.scan(inbox_.bytes);
    if (!size) co_return refuse(size.error());
    if (*size != 0) {
      auto head = parse_request_head(std::string_view(inbox_.bytes).substr(0, *size));
      if (!head) co_return refuse(head.error());
      inbox_.bytes.erase(0, *size);
      co_return std::move(*head);
    }
    const auto filled = co_await fill(deadline);
    if (filled == Fill::timed_out) co_return refuse(kTooSlow);
    if (filled == Fill::ended) co_return leave();
  }
}

// True when the body is whole.
std::expected<bool, Stop> RequestReader::take_chunks(ChunkScanner& scanner, std::string& body) {
  std::string_view rest = inbox_.bytes;
  while (!rest.empty() && !scanner.done()) {
    const auto step = scanner.next(rest);
    if (!step) return refuse(step.error());
    rest.remove_prefix(step->consumed);
    body.append(step->payload);
    // The size is known before the data: a chunk that cannot fit is not waited for.
    if (body.size() + scanner.remaining() > options_.body_limit.bytes()) return refuse(kTooLarge);
  }
  inbox_.bytes.erase(0, inbox_.bytes.size() - rest.size());
  return scanner.done();
}

Task<std::expected<void, Stop>> RequestReader::read_body(const BodyFraming& framing,
                                                         std::string& body, BodyLease& lease) {
  if (framing.length > options_.body_limit.bytes()) co_return refuse(kTooLarge);
  const auto start = mono_now();
  ChunkScanner scanner;
  while (true) {
    if (framing.kind == BodyKind::chunked) {
      const auto whole = take_chunks(scanner, body);
      if (!whole) co_return std::unexpected(whole.error());
      if (*whole) co_return std::expected<void, Stop>();
    } else {
      const auto left = static_cast<std::size_t>(framing.length) - body.size();
      const auto taken = std::min(left, inbox_.bytes.size());
      body.append(inbox_.bytes, 0, taken);
      inbox_.bytes.erase(0, taken);
      if (taken == left) co_return std::expected<void, Stop>();
    }
    if (!lease.grow_to(body.size())) co_return refuse(kNoRoom);
    const auto filled = co_await fill(body_deadline(start, body.size(), options_.body_grace));
    if (filled == Fill::timed_out) co_return refuse(kTooSlow);
    if (filled == Fill::ended) co_return leave();
  }
}

}  // namespace llf::net
