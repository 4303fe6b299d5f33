#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/limits.hpp"
#include "base/task.hpp"
#include "net/http_client.hpp"
#include "net/http_server.hpp"

#include <cstdint>
#include <functional>
#include <string_view>

namespace llf::net {

enum class RelayOutcome : std::uint8_t {
  complete,         ///< the whole body went through and the answer is ended
  upstream_failed,  ///< the upstream broke; the client waits for more
  client_gone,      ///< the client left, or did not read for limits::kWriteTimeout
  cancelled,        ///< the task was cancelled
};

struct RelayEnd {
  RelayOutcome outcome = RelayOutcome::cancelled;
  std::uint64_t bytes = 0;  ///< of the body, that the client's socket has taken
  Error error;              ///< why, unless complete
};

struct RelayOptions {
  /// Sees every part of the body before it is forwarded: for progress and for a look at the events.
  /// Parts are cut anywhere. Must not block. May be empty.
  std::function<void(std::string_view)> on_bytes;

  /// Asked when the upstream has ended its body regularly: does the content agree that it is whole
  /// (an event stream its last event)? If not, the outcome is `upstream_failed` and the answer is
  /// not ended. May be empty: yes.
  std::function<bool()> is_whole;

  /// The client has taken what came, and the relay waits for the upstream again: between `on_bytes`
  /// and this it is the client that everything waits for. May be empty.
  std::function<void()> on_taken;

  /// In an event stream (text/event-stream), a comment `: ping` after so long a silence, only
  /// between two events. net::kNoLimit: none.
  Duration ping_after = limits::kPingInterval;
};

/// Forwards the rest of the body as it comes: one write per event, chunks as they are, each write
/// awaited before the next read, never more than limits::kRelayBuffer held. `to` has been begun; a
/// Content-Length given there must be that of `from`. After `upstream_failed` the answer stands at
/// a chunk boundary: the caller may write an error event, and then aborts. A client that leaves is
/// noticed while the upstream is silent, too.
[[nodiscard]] Task<RelayEnd> relay(ClientResponse& from, Responder& to, RelayOptions options);

}  // namespace llf::net
