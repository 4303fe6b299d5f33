#pragma once

#include "base/clock.hpp"
#include "hub/range_set.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

namespace llf::hub {

/// Which connection of a download fetches what: parts from the front on, and at the end what a slow
/// one has left. Pure; one thread.
class TransferPlan {
 public:
  using Lane = std::size_t;

  /// `written` is there already. Parts have `part` bytes at most, and become smaller towards the
  /// end, so that all lanes end together, but not smaller than `split`; nor is what is left of one
  /// cut into smaller ones.
  TransferPlan(std::uint64_t size, const RangeSet& written, std::uint64_t part,
               std::uint64_t split);

  /// Gives a lane, which has nothing to do, the next part; where all are given away, the second
  /// half of what the lane with most left has left: ask `end_of` that one before each write.
  /// Nothing when no lane has enough left, nor of `barred`, which this lane is not to fetch.
  [[nodiscard]] std::optional<Range> give(Lane lane, const RangeSet& barred = {});

  /// Gives a lane all from `begin` on, where nothing is given away yet: of a server without ranges.
  void give_rest(Lane lane, std::uint64_t begin);

  /// Where the lane's part ends now.
  [[nodiscard]] std::uint64_t end_of(Lane lane) const;

  /// The lane has fetched its part up to, and without, `at`.
  void advance(Lane lane, std::uint64_t at);

  /// The lane is done with its part, or gives it up: what is left of it after `at` is free again.
  void release(Lane lane, std::uint64_t at);

  [[nodiscard]] std::size_t lanes() const { return given_.size(); }

 private:
  std::uint64_t size_;
  std::uint64_t part_;
  std::uint64_t split_;
  RangeSet claimed_;             ///< written, or given to a lane
  std::map<Lane, Range> given_;  ///< what is left of each lane's part
};

/// How many connections a download has: it begins with a few, and adds more as long as that makes
/// it faster. Pure; one thread.
class ConnectionCount {
 public:
  ConnectionCount(std::size_t first, std::size_t most) : count_(first), most_(most) {}

  [[nodiscard]] std::size_t count() const { return count_; }

  /// Told now and then how many bytes have come so far.
  void measure(MonoTime now, std::uint64_t bytes);

  /// A server has too much to do: half of them.
  void ease();

 private:
  std::size_t count_;
  std::size_t most_;
  std::optional<MonoTime> since_;
  std::uint64_t bytes_ = 0;
  double best_ = 0;  ///< bytes a second with fewer connections
  bool settled_ = false;
};

}  // namespace llf::hub
