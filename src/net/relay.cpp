#include "net/relay.hpp"

#include "net/exchange.hpp"
#include "net/timer.hpp"
#include "net/upstream_body.hpp"

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <string>
#include <utility>

namespace llf::net {
namespace {

/// Moves one body. It belongs to one call of `relay`.
class Pump {
 public:
  Pump(UpstreamBody& from, Exchange& to, const RelayOptions& options)
      : from_(from), to_(to), options_(options) {}

  Task<RelayEnd> run();

 private:
  /// What of the upstream's bytes can go on as it is.
  struct Whole {
    std::size_t size = 0;       ///< bytes of whole chunks
    std::uint64_t payload = 0;  ///< in them
    std::string tail;           ///< the last payload bytes in them
  };

  Task<Expected<void>> pump();
  Task<Expected<void>> wait_for_more();
  Task<Expected<void>> send_chunks();
  Task<Expected<void>> send_whole_chunks();
  Task<Expected<void>> send_open_chunk();
  Task<Expected<void>> send_payload();
  Task<Expected<void>> send(std::string_view payload);
  Expected<void> scan(Whole& whole);
  void see(std::string_view payload);
  [[nodiscard]] bool is_whole() const { return !options_.is_whole || options_.is_whole(); }

  UpstreamBody& from_;
  Exchange& to_;
  const RelayOptions& options_;
  RelayEnd end_;
  MonoTime last_sent_ = mono_now();
  bool by_chunks_ = false;     ///< whole chunks go on as they are
  bool open_ = false;          ///< a part of the current chunk went on already
  std::size_t scanned_ = 0;    ///< of the upstream's bytes
  std::size_t unsent_at_ = 0;  ///< where in them the payload of the open chunk begins
  std::uint64_t unsent_ = 0;   ///< its size so far
  std::string tail_;           ///< its last bytes
};

void keep_tail(std::string& tail, std::string_view payload) {
  constexpr std::size_t kTail = 4;
  if (payload.size() < kTail) {
    tail += payload;
    tail.erase(0, tail.size() - std::min(tail.size(), kTail));
  } else {
    tail = payload.substr(payload.size() - kTail);
  }
}

std::unexpected<Error> ended_early() {
  return failure(ErrorKind::upstream, "the answer ended before its last event");
}

Task<RelayEnd> Pump::run() {
  by_chunks_ = from_.is_chunked() && to_.takes_raw_chunks();
  const auto result = co_await pump();
  const auto task = co_await boost::asio::this_coro::cancellation_state;
  if (result) {
    end_.outcome = RelayOutcome::complete;
  } else {
    if (task.cancelled() != boost::asio::cancellation_type::none) {
      end_.outcome = RelayOutcome::cancelled;
    }
    end_.error = result.error();
  }
  co_return std::move(end_);
}

// Sets the outcome of every failure where it arises.
Task<Expected<void>> Pump::pump() {
  while (true) {
    Expected<void> sent;
    if (by_chunks_) {
      sent = co_await send_chunks();
    } else {
      sent = co_await send_payload();
    }
    if (!sent || to_.finished()) co_return sent;
    if (from_.complete()) {
      if (!is_whole()) {
        end_.outcome = RelayOutcome::upstream_failed;
        co_return ended_early();
      }
      end_.outcome = RelayOutcome::client_gone;
      co_return co_await to_.end();
    }
    if (auto more = co_await wait_for_more(); !more) co_return more;
  }
}

Task<Expected<void>> Pump::wait_for_more() {
  if (options_.on_taken) options_.on_taken();
  while (true) {
    const bool pings = options_.ping_after != kNoLimit;
    const auto ping_at = pings ? last_sent_ + options_.ping_after : MonoTime::max();
    const auto filled = co_await from_.fill(ping_at);
    if (!filled) {
      const bool cancelled = filled.error().kind == ErrorKind::cancelled;
      end_.outcome = cancelled ? RelayOutcome::cancelled : RelayOutcome::upstream_failed;
      co_return failure(filled.error());
    }
    if (*filled == UpstreamBody::Filled::bytes) co_return Expected<void>();
    last_sent_ = mono_now();
    if (auto pinged = co_await to_.ping(); !pinged) {
      end_.outcome = RelayOutcome::client_gone;
      co_return pinged;
    }
  }
}

void Pump::see(std::string_view payload) {
  if (options_.on_bytes && !payload.empty()) options_.on_bytes(payload);
}

// Goes through what has come since the last time, up to a chunk that cannot go on as it is.
Expected<void> Pump::scan(Whole& whole) {
  auto& scanner = from_.scanner();
  const std::string_view bytes = from_.raw();
  while (scanned_ < bytes.size() && !scanner.done() && !scanner.has_extension()) {
    const auto step = scanner.next(bytes.substr(scanned_));
    if (!step) return failure(ErrorKind::upstream, "the answer's chunks are not framed correctly");
    scanned_ += step->consumed;
    if (!step->payload.empty()) {
      see(step->payload);
      if (unsent_ == 0) unsent_at_ = scanned_ - step->payload.size();
      unsent_ += step->payload.size();
      keep_tail(tail_, step->payload);
    }
    if (scanner.at_boundary()) {
      whole.size = scanned_;
      whole.payload += std::exchange(unsent_, 0);
      keep_tail(whole.tail, std::exchange(tail_, {}));
    }
  }
  return {};
}

Task<Expected<void>> Pump::send_chunks() {
  while (true) {
    if (!open_) {
      if (auto sent = co_await send_whole_chunks(); !sent) co_return sent;
    }
    if (open_) {
      if (auto sent = co_await send_open_chunk(); !sent) co_return sent;
    }
    const bool used_up = scanned_ == from_.raw().size() && !from_.scanner().done();
    if (open_ || to_.finished() || used_up) co_return Expected<void>();
  }
}

Task<Expected<void>> Pump::send_whole_chunks() {
  Whole whole;
  const auto scanned = scan(whole);
  auto& raw = from_.raw();
  const bool ended = scanned && from_.scanner().done();
  const bool early = ended && !is_whole();
  const bool done = ended && !early;
  if (whole.size != 0 || done) {
    end_.outcome = RelayOutcome::client_gone;
    const auto last = done ? Exchange::Last::yes : Exchange::Last::no;
    const auto bytes = std::string_view(raw).substr(0, whole.size);
    if (auto sent = co_await to_.write_raw(bytes, whole.tail, last); !sent) co_return sent;
    end_.bytes += whole.payload;
    last_sent_ = mono_now();
    if (done) from_.set_complete();
    raw.erase(0, whole.size);
    scanned_ -= whole.size;
    unsent_at_ -= std::min(unsent_at_, whole.size);
    if (done) raw.erase(0, std::exchange(scanned_, 0));
  }
  if (!scanned || early) {
    end_.outcome = RelayOutcome::upstream_failed;
    co_return early ? ended_early() : scanned;
  }
  const bool too_long = unsent_ != 0 && raw.size() > limits::kRelayBuffer.bytes();
  open_ = too_long || from_.scanner().has_extension();
  co_return Expected<void>();
}

// Sends the payload of a chunk that is too long to be held, or has an extension, as it comes, in
// chunks of our own.
Task<Expected<void>> Pump::send_open_chunk() {
  auto& raw = from_.raw();
  if (unsent_ != 0) {
    const auto payload = std::string_view(raw).substr(unsent_at_, std::exchange(unsent_, 0));
    if (auto sent = co_await send(payload); !sent) co_return sent;
    tail_.clear();
  }
  while (open_ && scanned_ < raw.size()) {
    const auto step = from_.scanner().next(std::string_view(raw).substr(scanned_));
    if (!step) {
      end_.outcome = RelayOutcome::upstream_failed;
      co_return failure(ErrorKind::upstream, "the answer's chunks are not framed correctly");
    }
    scanned_ += step->consumed;
    see(step->payload);
    if (auto sent = co_await send(step->payload); !sent) co_return sent;
    open_ = !from_.scanner().at_boundary() && !from_.scanner().done();
  }
  raw.erase(0, std::exchange(scanned_, 0));
  co_return Expected<void>();
}

Task<Expected<void>> Pump::send(std::string_view payload) {
  if (payload.empty()) co_return Expected<void>();
  end_.outcome = RelayOutcome::client_gone;
  if (auto sent = co_await to_.write(payload); !sent) co_return sent;
  end_.bytes += payload.size();
  last_sent_ = mono_now();
  co_return Expected<void>();
}

Task<Expected<void>> Pump::send_payload() {
  while (true) {
    const auto payload = from_.take_payload();
    if (!payload) {
      end_.outcome = RelayOutcome::upstream_failed;
      co_return failure(payload.error());
    }
    if (payload->empty()) co_return Expected<void>();
    see(*payload);
    if (auto sent = co_await send(*payload); !sent) co_return sent;
  }
}

}  // namespace

Task<RelayEnd> relay(ClientResponse& from, Responder& to, RelayOptions options) {
  Pump pump(from.body(), to.exchange(), options);
  auto ended = co_await race(pump.run(), to.closed());
  if (ended.winner == 1 && ended.second) {
    ended.first.outcome = RelayOutcome::client_gone;
    ended.first.error = {.kind = ErrorKind::cancelled, .message = "the client is gone"};
  }
  co_return std::move(ended.first);
}

}  // namespace llf::net
