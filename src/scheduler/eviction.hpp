#pragma once

#include "base/byte_size.hpp"
#include "base/clock.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace llf::scheduler {

/// A loaded model that may go.
struct Candidate {
  ByteSize memory;    ///< that it frees
  Duration idle{};    ///< since its last use
  Duration reload{};  ///< what it costs to load it again
};

/// What is missing.
struct Shortage {
  ByteSize memory;
  std::size_t places = 0;
};

/// The candidates that must go so that nothing is missing any more, by their index; nothing when
/// even all do not suffice. Those go first whose idle time is longest for what it costs to load
/// them again, and none that need not. Pure.
[[nodiscard]] std::optional<std::vector<std::size_t>> choose_victims(
    std::span<const Candidate> candidates, const Shortage& shortage);

}  // namespace llf::scheduler
