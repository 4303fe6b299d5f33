#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/address.hpp"
#include "net/blocking_thread.hpp"
#include "net/loop.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace llf::net {

/// Finds the addresses of host names, as the system does it, on a thread of its own. Loop thread;
/// the loop outlives it.
class Resolver {
 public:
  explicit Resolver(Loop& loop) : thread_(loop) {}

  /// In the order in which they are to be tried, at least one; of an IP address itself, at once.
  /// Errors: `unavailable` (no such name, no name server), timeout, cancelled.
  [[nodiscard]] Task<Expected<std::vector<Address>>> resolve(std::string host, std::uint16_t port,
                                                             Duration limit);

 private:
  BlockingThread thread_;
};

}  // namespace llf::net
