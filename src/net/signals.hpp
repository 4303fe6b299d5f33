#pragma once

#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/loop.hpp"

#include <initializer_list>
#include <memory>

namespace llf::net {

/// Takes over signals (SIGTERM, SIGINT, SIGHUP…) as long as it lives, and hands them to a task in
/// the order of their arrival; the default action returns afterwards. Loop thread.
class Signals {
 public:
  /// Errors: invalid, for a number that is no signal or that nobody can catch.
  [[nodiscard]] static Expected<Signals> create(Loop& loop, std::initializer_list<int> numbers);

  Signals(Signals&& other) noexcept;
  Signals& operator=(Signals&& other) noexcept;
  ~Signals();

  /// The next signal's number, also of one that came while nobody waited. One waiter at a time.
  /// Errors: cancelled.
  [[nodiscard]] Task<Expected<int>> wait();

 private:
  struct Impl;
  explicit Signals(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;  ///< shared with a callback that may run once more
};

}  // namespace llf::net
