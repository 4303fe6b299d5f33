#include "net/exchange.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"
#include "net/http_chars.hpp"
#include "net/timer.hpp"

#include <fmt/format.h>

#include <utility>

namespace llf::net {
namespace {

constexpr std::string_view kProcessing = "HTTP/1.1 102 Processing\r\n\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";
constexpr std::string_view kPing = ": ping\n\n";

std::unexpected<Error> gone() {
  return failure(ErrorKind::cancelled, "the client is gone");
}

bool has_no_body(int status) {
  return status == 204 || status == 304;
}

bool is_event_stream(const Headers& headers) {
  const auto type = headers.get("content-type");
  return type &&
         equal_ignoring_case(trim_blanks(type->substr(0, type->find(';'))), "text/event-stream");
}

/// "1f\r\n": what stands before a chunk's payload.
struct ChunkSize {
  explicit ChunkSize(std::size_t size)
      : end(fmt::format_to_n(text.data(), text.size(), "{:x}\r\n", size).out) {}
  [[nodiscard]] std::string_view view() const { return {text.data(), end}; }

  std::array<char, 20> text{};
  char* end;
};

}  // namespace

Exchange::Exchange(Socket& socket, Inbox& inbox, const Facts& facts)
    : socket_(socket), inbox_(inbox), facts_(facts) {}

Task<Expected<void>> Exchange::put(Socket::Parts parts) {
  if (state_ == State::broken) co_return gone();
  LLF_ASSERT(!writing_);
  writing_ = true;
  Expected<void> result;
  if (!unsent_.empty()) {
    result = co_await socket_.write_all({unsent_}, facts_.write_timeout);
    unsent_.clear();
  }
  if (result) result = co_await socket_.write_all(parts, facts_.write_timeout);
  writing_ = false;
  if (result) co_return result;
  state_ = State::broken;
  if (result.error().kind != ErrorKind::timeout) co_return gone();
  stalled_ = true;
  co_return result;
}

std::string Exchange::take_head(int status, const Headers& headers) {
  if (headers.has_token("connection", "close")) facts_.keep_alive = false;
  if (mode_ == BodyMode::until_close) facts_.keep_alive = false;
  const bool declares = mode_ == BodyMode::length && !has_no_body(status);
  return write_answer_head({.status = status,
                            .mode = mode_,
                            .length = declares ? std::optional(left_) : std::nullopt,
                            .keep_alive = facts_.keep_alive},
                           headers);
}

Task<Expected<void>> Exchange::send(Response response) {
  LLF_ASSERT(state_ == State::waiting || state_ == State::broken);
  if (state_ == State::broken) co_return gone();
  state_ = State::begun;
  mode_ = BodyMode::length;
  left_ = response.body.size();
  const auto head = take_head(response.status, response.headers);
  const bool no_body = facts_.head_only || has_no_body(response.status);
  const auto body = no_body ? std::string_view() : std::string_view(response.body);
  auto result = co_await put({head, body});
  if (result) state_ = State::finished;
  co_return result;
}

Task<Expected<void>> Exchange::begin(int status, Headers headers) {
  LLF_ASSERT(state_ == State::waiting || state_ == State::broken);
  if (state_ == State::broken) co_return gone();
  state_ = State::begun;
  no_body_ = facts_.head_only || has_no_body(status);
  event_stream_ = is_event_stream(headers);
  const auto declared = headers.get("content-length");
  const auto length = declared ? parse_digits(*declared) : std::nullopt;
  if (length || has_no_body(status)) {
    mode_ = BodyMode::length;
    left_ = length.value_or(0);
  } else {
    mode_ = facts_.minor_version == 1 ? BodyMode::chunked : BodyMode::until_close;
  }
  const auto head = take_head(status, headers);
  co_return co_await put({head});
}

Task<Expected<void>> Exchange::write(std::string_view part) {
  LLF_ASSERT(state_ == State::begun || state_ == State::broken);
  if (state_ == State::broken) co_return gone();
  if (part.empty() || no_body_) co_return Expected<void>();
  tail_.feed(part);
  switch (mode_) {
    case BodyMode::chunked: {
      const ChunkSize size(part.size());
      co_return co_await put({size.view(), part, "\r\n"});
    }
    case BodyMode::length:
      if (part.size() > left_) {
        abort();
        co_return failure(ErrorKind::internal, "more was written than Content-Length said");
      }
      left_ -= part.size();
      break;
    case BodyMode::until_close:
      break;
  }
  co_return co_await put({part});
}

Task<Expected<void>> Exchange::end() {
  LLF_ASSERT(state_ == State::begun || state_ == State::broken);
  if (state_ == State::broken) co_return gone();
  if (!no_body_ && mode_ == BodyMode::chunked) {
    if (auto put_end = co_await put({kLastChunk}); !put_end) co_return put_end;
  }
  if (!no_body_ && mode_ == BodyMode::length && left_ != 0) {
    abort();
    co_return failure(ErrorKind::internal, "less was written than Content-Length said");
  }
  state_ = State::finished;
  co_return Expected<void>();
}

void Exchange::abort() {
  if (state_ != State::finished) state_ = State::broken;
}

bool Exchange::needs_reset() const {
  return stalled_ || (state_ != State::finished && mode_ == BodyMode::until_close);
}

bool Exchange::takes_raw_chunks() const {
  return state_ == State::begun && mode_ == BodyMode::chunked && !no_body_;
}

Task<Expected<void>> Exchange::write_raw(std::string_view chunks, std::string_view tail,
                                         Last last) {
  LLF_ASSERT(takes_raw_chunks() || state_ == State::broken);
  tail_.feed(tail);
  auto result = co_await put({chunks, last == Last::yes ? kLastChunk : std::string_view()});
  if (result && last == Last::yes) state_ = State::finished;
  co_return result;
}

bool Exchange::is_event_stream_at_event_end() const {
  return state_ == State::begun && event_stream_ && !no_body_ && mode_ != BodyMode::length &&
         tail_.at_event_end();
}

Task<Expected<void>> Exchange::ping() {
  if (!is_event_stream_at_event_end()) co_return Expected<void>();
  co_return co_await write(kPing);
}

bool Exchange::read_ahead() {
  if (inbox_.ended || inbox_.bytes.size() >= limits::kPipelined.bytes()) return false;
  const auto result = socket_.try_read(read_scratch());
  switch (result.state) {
    case IoResult::State::ok:
      inbox_.bytes.append(read_scratch().data(), result.bytes);
      return true;
    case IoResult::State::end:
      inbox_.ended = true;
      return true;
    case IoResult::State::failed:
      state_ = State::broken;
      return true;
    case IoResult::State::blocked:
      break;
  }
  return false;
}

// Bytes that mean nothing to a client that still listens, and bring a reset from one that left.
void Exchange::probe() {
  if (writing_ || !unsent_.empty()) return;
  std::string text;
  if (state_ == State::waiting && facts_.minor_version == 1) {
    text = kProcessing;
  } else if (is_event_stream_at_event_end()) {
    text = mode_ == BodyMode::chunked
               ? fmt::format("{}{}\r\n", ChunkSize(kPing.size()).view(), kPing)
               : std::string(kPing);
  }
  if (text.empty()) return;
  const auto result = socket_.try_write({text});
  if (result.state == IoResult::State::ok) unsent_ = text.substr(result.bytes);
  if (result.state == IoResult::State::failed) state_ = State::broken;
}

// One waiter watches the socket; when it is cancelled another one takes over.
Task<Expected<void>> Exchange::closed() {
  while (watched_) {
    if (auto over = co_await watch_over_.wait(); !over) co_return over;
  }
  watched_ = true;
  auto result = co_await watch();
  watched_ = false;
  watch_over_.set();
  watch_over_.reset();
  co_return result;
}

Task<Expected<void>> Exchange::watch() {
  while (true) {
    if (state_ == State::broken || socket_.hung_up()) co_return Expected<void>();
    // A Unix socket says by itself when both directions are closed.
    if (!facts_.is_unix && read_ahead()) continue;
    const bool half_closed = !facts_.is_unix && inbox_.ended;
    if (half_closed) probe();
    const bool full = inbox_.bytes.size() >= limits::kPipelined.bytes();
    const auto what =
        facts_.is_unix || half_closed || full ? FdWatch::For::hangup : FdWatch::For::read;
    const auto why = co_await socket_.wait(
        what, half_closed ? deadline_after(limits::kGoneProbe) : MonoTime::max());
    if (why == Wake::cancelled) co_return failure(ErrorKind::cancelled, "cancelled");
    // Urgent data wakes a wait for the end again and again.
    if (why == Wake::woken && what == FdWatch::For::hangup && !socket_.hung_up()) {
      if (auto slept = co_await sleep_for(limits::kGoneProbe); !slept) co_return slept;
    }
  }
}

}  // namespace llf::net
