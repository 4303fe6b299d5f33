#pragma once

#include "hub/range_set.hpp"

#include <cstddef>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace llf::hub {

/// Which source of a file sent which of the bytes that are there, and who contradicted whom: what
/// tells, once the whole is right, who sent damaged bytes. Pure; one thread.
class SenderLog {
 public:
  using Source = std::size_t;

  explicit SenderLog(std::size_t sources) : sent_(sources) {}

  /// A source sent bytes of which nothing was there, or what it sent before.
  void wrote(Source source, Range range);
  /// A source sent the bytes that are there.
  void agreed(Source source, Range range);
  /// A source sent others, which are there now.
  void differed(Source source, Range range);

  /// What it sent of the bytes that are there.
  [[nodiscard]] const RangeSet& of(Source source) const { return sent_.at(source); }

  /// All sources, those first that the fewest others contradict.
  [[nodiscard]] std::vector<Source> by_doubt() const;

  /// Who sent damaged bytes, now that all are right, of `last` where that one sent all of them.
  [[nodiscard]] std::set<Source> blamed(std::optional<Source> last) const;

 private:
  std::vector<RangeSet> sent_;
  std::set<std::pair<Source, Source>> contradicted_;  ///< who was before, and by whom
};

}  // namespace llf::hub
