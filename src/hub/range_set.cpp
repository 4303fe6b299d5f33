#include "hub/range_set.hpp"

#include <algorithm>
#include <iterator>

namespace llf::hub {

void RangeSet::add(Range range) {
  if (range.begin >= range.end) return;
  auto at = ranges_.upper_bound(range.begin);
  if (at != ranges_.begin() && std::prev(at)->second >= range.begin) at = std::prev(at);
  while (at != ranges_.end() && at->first <= range.end) {
    range.begin = std::min(range.begin, at->first);
    range.end = std::max(range.end, at->second);
    total_ -= at->second - at->first;
    at = ranges_.erase(at);
  }
  ranges_.emplace(range.begin, range.end);
  total_ += range.size();
}

void RangeSet::remove(Range range) {
  if (range.begin >= range.end) return;
  auto at = ranges_.upper_bound(range.begin);
  if (at != ranges_.begin() && std::prev(at)->second > range.begin) at = std::prev(at);
  while (at != ranges_.end() && at->first < range.end) {
    const Range old{.begin = at->first, .end = at->second};
    at = ranges_.erase(at);
    total_ -= old.size();
    add({.begin = old.begin, .end = std::min(old.end, range.begin)});
    add({.begin = std::max(old.begin, range.end), .end = old.end});
    at = ranges_.lower_bound(std::min(old.end, range.end));
  }
}

std::optional<Range> RangeSet::first_gap(std::uint64_t from, std::uint64_t end,
                                         std::uint64_t most) const {
  auto at = ranges_.upper_bound(from);
  if (at != ranges_.begin()) from = std::max(from, std::prev(at)->second);
  while (at != ranges_.end() && at->first <= from) {
    from = at->second;
    ++at;
  }
  if (from >= end) return std::nullopt;
  const auto next = at == ranges_.end() ? end : std::min(end, at->first);
  return Range{.begin = from, .end = std::min(next, from + most)};
}

std::uint64_t RangeSet::front() const {
  const auto at = ranges_.begin();
  return at != ranges_.end() && at->first == 0 ? at->second : 0;
}

std::vector<Range> RangeSet::ranges() const {
  std::vector<Range> all;
  all.reserve(ranges_.size());
  for (const auto& [begin, end] : ranges_) all.push_back({.begin = begin, .end = end});
  return all;
}

RangeSet without(Range all, const std::vector<Range>& parts) {
  RangeSet rest;
  rest.add(all);
  for (const auto& part : parts) rest.remove(part);
  return rest;
}

}  // namespace llf::hub
