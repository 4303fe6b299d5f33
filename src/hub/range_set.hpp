#pragma once

#include "base/byte_range.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace llf::hub {

using Range = ByteRange;

/// Which bytes of a file are there. One thread.
class RangeSet {
 public:
  /// Empty ranges are nothing; what overlaps or touches becomes one.
  void add(Range range);
  void remove(Range range);

  /// The first bytes at or after `from` that are not there, before `end`, at most `most` of them;
  /// nothing when all are there.
  [[nodiscard]] std::optional<Range> first_gap(std::uint64_t from, std::uint64_t end,
                                               std::uint64_t most) const;

  /// How many bytes from the beginning are there without a gap.
  [[nodiscard]] std::uint64_t front() const;
  /// How many are there.
  [[nodiscard]] std::uint64_t total() const { return total_; }
  /// In their order, apart from each other.
  [[nodiscard]] std::vector<Range> ranges() const;

  friend bool operator==(const RangeSet&, const RangeSet&) = default;

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;  ///< begin to end
  std::uint64_t total_ = 0;
};

/// A range but for some parts of it. Pure.
[[nodiscard]] RangeSet without(Range all, const std::vector<Range>& parts);

}  // namespace llf::hub
