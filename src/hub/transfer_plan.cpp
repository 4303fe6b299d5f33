#include "hub/transfer_plan.hpp"

#include "base/assert.hpp"
#include "base/limits.hpp"

#include <algorithm>
#include <chrono>

namespace llf::hub {

TransferPlan::TransferPlan(std::uint64_t size, const RangeSet& written, std::uint64_t part,
                           std::uint64_t split)
    : size_(size), part_(part), split_(split), claimed_(written) {}

std::optional<Range> TransferPlan::give(Lane lane, const RangeSet& barred) {
  LLF_ASSERT(!given_.contains(lane));
  const auto free = size_ - claimed_.total();
  const auto share = free / (2 * (given_.size() + 1));
  auto taken = claimed_;
  for (const auto& range : barred.ranges()) taken.add(range);
  auto range = taken.first_gap(0, size_, std::clamp(share, std::min(split_, part_), part_));
  if (!range) {
    const auto slowest =
        std::ranges::max_element(given_, {}, [](const auto& entry) { return entry.second.size(); });
    if (slowest == given_.end() || slowest->second.size() < 2 * split_) return std::nullopt;
    auto& left = slowest->second;
    range = Range{.begin = left.begin + left.size() / 2, .end = left.end};
    if (barred.first_gap(range->begin, range->end, range->size()) != range) return std::nullopt;
    left.end = range->begin;
  }
  claimed_.add(*range);
  given_.emplace(lane, *range);
  return range;
}

void TransferPlan::give_rest(Lane lane, std::uint64_t begin) {
  LLF_ASSERT(given_.empty());
  claimed_.add({.begin = begin, .end = size_});
  given_.emplace(lane, Range{.begin = begin, .end = size_});
}

std::uint64_t TransferPlan::end_of(Lane lane) const {
  return given_.at(lane).end;
}

void TransferPlan::advance(Lane lane, std::uint64_t at) {
  auto& left = given_.at(lane);
  left.begin = std::clamp(at, left.begin, left.end);
}

void TransferPlan::release(Lane lane, std::uint64_t at) {
  const auto left = given_.at(lane);
  given_.erase(lane);
  claimed_.remove({.begin = std::min(at, left.end), .end = left.end});
}

void ConnectionCount::measure(MonoTime now, std::uint64_t bytes) {
  if (!since_) {
    since_ = now;
    bytes_ = bytes;
    return;
  }
  if (now - *since_ < limits::kConnectionsReview) return;
  const auto seconds = std::chrono::duration<double>(now - *since_).count();
  const auto rate = static_cast<double>(bytes - std::min(bytes, bytes_)) / seconds;
  since_ = now;
  bytes_ = bytes;
  if (settled_ || count_ >= most_) return;
  settled_ = rate < best_ * limits::kConnectionsGain;
  if (settled_ || rate <= 0) return;
  best_ = rate;
  count_ = std::min(2 * count_, most_);
}

void ConnectionCount::ease() {
  count_ = std::max<std::size_t>(count_ / 2, 1);
  settled_ = true;
}

}  // namespace llf::hub
