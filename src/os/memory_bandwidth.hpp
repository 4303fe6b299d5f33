#pragma once

#include "base/byte_size.hpp"
#include "base/clock.hpp"

#include <cstdint>
#include <optional>

namespace llf::os {

/// How much each of so many threads reads to measure the memory: a block of its own, since what all
/// of them read comes from a cache that they share. Bounded by limits::kBandwidthBlock, all of them
/// by limits::kBandwidthMemory and a quarter of what is available. Pure.
[[nodiscard]] ByteSize bandwidth_block(unsigned threads, ByteSize available);

/// How many bytes a second this machine reads from memory, with `threads` of them at once: measured
/// by reading more than its caches hold, for some tenths of a second. What else runs makes it less.
/// Blocks. Any thread.
[[nodiscard]] std::uint64_t measure_memory_bandwidth(unsigned threads);

/// What was measured so far. What else runs makes a measurement less, so the best is the machine's.
/// Pure.
class BestBandwidth {
 public:
  /// Whether to measure again: the last time is limits::kBandwidthKept ago, or there was none.
  [[nodiscard]] bool due(MonoTime now) const;
  void take(std::uint64_t measured, MonoTime now);
  /// Bytes a second; 0: it was never measured.
  [[nodiscard]] std::uint64_t best() const { return best_; }

 private:
  std::uint64_t best_ = 0;
  std::optional<MonoTime> measured_;
};

}  // namespace llf::os
