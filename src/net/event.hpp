#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"

#include <memory>

namespace llf::net {

/// A flag that tasks wait for. Whoever waits when it is set goes on, even if it is reset before
/// they run; no wake-up is lost. Loop thread. Nobody may wait when it is destroyed.
class Event {
 public:
  Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event();

  /// Lets all waiters go, and later ones until `reset`. They run on later turns of the loop.
  void set();
  void reset();
  [[nodiscard]] bool is_set() const;

  /// Returns when the event is set. Errors: cancelled.
  [[nodiscard]] Task<Expected<void>> wait();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace llf::net
