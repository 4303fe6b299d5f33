#include "hub/sender_log.hpp"

#include <algorithm>
#include <numeric>

namespace llf::hub {

void SenderLog::wrote(Source source, Range range) {
  for (auto& others : sent_) others.remove(range);
  sent_.at(source).add(range);
}

void SenderLog::agreed(Source source, Range range) {
  sent_.at(source).add(range);
}

void SenderLog::differed(Source source, Range range) {
  for (Source other = 0; other < sent_.size(); ++other) {
    // What one source sends in two ways is an accident on the way.
    const bool sent = sent_[other].first_gap(range.begin, range.end, range.size()) != range;
    if (other != source && sent) contradicted_.emplace(other, source);
  }
  wrote(source, range);
}

std::vector<SenderLog::Source> SenderLog::by_doubt() const {
  std::vector<Source> sources(sent_.size());
  std::iota(sources.begin(), sources.end(), Source{0});
  const auto doubts = [this](Source source) {
    std::set<Source> others;
    for (const auto& [before, by] : contradicted_) {
      if (before == source) others.insert(by);
      if (by == source) others.insert(before);
    }
    return std::pair(others.size(), source);
  };
  std::ranges::sort(sources, {}, doubts);
  return sources;
}

std::set<SenderLog::Source> SenderLog::blamed(std::optional<Source> last) const {
  std::set<Source> all;
  for (const auto& [before, by] : contradicted_) {
    if (!last || by == *last) {
      all.insert(before);
    } else if (before == *last) {
      all.insert(by);
    }
  }
  return all;
}

}  // namespace llf::hub
