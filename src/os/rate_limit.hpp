#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <mutex>

namespace llf::os {

/// How many bytes a second several works together may take, which run on threads of their own and
/// ask for every few bytes. Any thread.
class RateLimit {
 public:
  /// Holds from now on; 0: none.
  void set(std::uint64_t bytes_per_s);
  [[nodiscard]] bool is_set() const;

  /// Whether so many bytes may be taken now; they count then. What is left unused of a second may
  /// be made up for, not of more.
  [[nodiscard]] bool take(std::uint64_t bytes, MonoTime now);

 private:
  mutable std::mutex mutex_;
  std::uint64_t rate_ = 0;
  double credit_ = 0;  ///< bytes; negative after one that was larger than it
  MonoTime credited_{};
};

}  // namespace llf::os
