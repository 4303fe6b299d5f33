#pragma once

#include "base/clock.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace llf::scheduler {

/// What the choice of a victim needs to know of a loaded model.
struct Candidate {
  bool busy = false;   ///< somebody uses it, waits for it, or it is on its way up or down
  MonoTime last_used;  ///< when the last use ended
};

/// The loaded model that must go so that one more fits into `max_loaded`; nothing when there is
/// room or when all are busy. The one that nobody has used for longest; never a busy one. Pure.
[[nodiscard]] std::optional<std::size_t> choose_victim(std::span<const Candidate> loaded,
                                                       std::size_t max_loaded);

}  // namespace llf::scheduler
