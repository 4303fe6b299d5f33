#include "scheduler/eviction.hpp"

namespace llf::scheduler {

std::optional<std::size_t> choose_victim(std::span<const Candidate> loaded,
                                         std::size_t max_loaded) {
  if (loaded.size() < max_loaded) return std::nullopt;
  std::optional<std::size_t> victim;
  for (std::size_t i = 0; i < loaded.size(); ++i) {
    if (loaded[i].busy) continue;
    if (!victim || loaded[i].last_used < loaded[*victim].last_used) victim = i;
  }
  return victim;
}

}  // namespace llf::scheduler
