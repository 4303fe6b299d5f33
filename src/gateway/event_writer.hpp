#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/limits.hpp"
#include "base/task.hpp"
#include "net/event.hpp"
#include "net/http_server.hpp"

#include <string_view>

namespace llf::gateway {

/// Writes the events of a stream that has begun, and a comment where nothing was written for long,
/// one at a time. `to` outlives it. Loop thread.
class EventWriter {
 public:
  explicit EventWriter(net::Responder& to, Duration ping_after = limits::kPingInterval);

  /// Writes whole events. Errors: the client is gone.
  [[nodiscard]] Task<Expected<void>> write(std::string_view events);

  /// The regular end; nothing is written after it.
  [[nodiscard]] Task<Expected<void>> end();

  /// Writes `: ping` after each silence until it is cancelled; returns when the client is gone.
  [[nodiscard]] Task<void> ping();

 private:
  /// Waits until nobody writes, and keeps others from it.
  [[nodiscard]] Task<Expected<void>> begin();

  net::Responder& to_;
  Duration ping_after_;
  net::Event free_;
  MonoTime last_ = mono_now();
};

}  // namespace llf::gateway
