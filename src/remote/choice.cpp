#include "remote/choice.hpp"

#include "base/limits.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace llf::remote {
namespace {

/// How much a server is the one for a session: the same in each run of the program.
std::uint64_t weight(std::string_view name, std::uint64_t session) {
  // FNV-1a, and the finish of splitmix64, since names may differ in one character only.
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash ^= session;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

}  // namespace

std::optional<std::size_t> choose(std::span<const Candidate> candidates, std::uint64_t session) {
  if (candidates.empty()) return std::nullopt;
  if (session == 0) {
    const auto least = std::ranges::min_element(candidates, {}, &Candidate::active);
    return static_cast<std::size_t>(least - candidates.begin());
  }
  std::size_t all = 1;  // with this request
  for (const auto& one : candidates) all += one.active;
  const auto mean = static_cast<double>(all) / static_cast<double>(candidates.size());
  const auto most = std::ceil(mean * limits::kSessionLoad);
  // The least has at most the mean, so that there is one.
  std::optional<std::size_t> best;
  std::uint64_t best_weight = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (static_cast<double>(candidates[i].active) >= most) continue;
    const auto own = weight(candidates[i].name, session);
    if (best && own <= best_weight) continue;
    best = i;
    best_weight = own;
  }
  return best;
}

}  // namespace llf::remote
