#include "scheduler/eviction.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

namespace llf::scheduler {
namespace {

double score(const Candidate& candidate) {
  constexpr double kLeastReload = 0.01;
  const auto seconds = [](Duration time) { return std::chrono::duration<double>(time).count(); };
  return seconds(candidate.idle) / std::max(seconds(candidate.reload), kLeastReload);
}

/// What the candidates free together.
Shortage freed_by(std::span<const Candidate> candidates, std::span<const std::size_t> chosen) {
  std::uint64_t bytes = 0;
  for (const auto index : chosen) bytes += candidates[index].memory.bytes();
  return {.memory = ByteSize(bytes), .places = chosen.size()};
}

bool suffices(const Shortage& freed, const Shortage& shortage) {
  return freed.memory >= shortage.memory && freed.places >= shortage.places;
}

}  // namespace

std::optional<std::vector<std::size_t>> choose_victims(std::span<const Candidate> candidates,
                                                       const Shortage& shortage) {
  std::vector<std::size_t> order(candidates.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {},
                    [&](auto index) { return std::pair(-score(candidates[index]), index); });
  std::vector<std::size_t> chosen;
  for (const auto index : order) {
    if (suffices(freed_by(candidates, chosen), shortage)) break;
    chosen.push_back(index);
  }
  if (!suffices(freed_by(candidates, chosen), shortage)) return std::nullopt;
  // A large one that came last may have made small ones before it superfluous: the dearest stay.
  for (auto at = chosen.size(); at-- > 0;) {
    auto fewer = chosen;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(at));
    if (suffices(freed_by(candidates, fewer), shortage)) chosen = std::move(fewer);
  }
  return chosen;
}

}  // namespace llf::scheduler
