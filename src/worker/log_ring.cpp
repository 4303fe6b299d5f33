#include "worker/log_ring.hpp"

#include <algorithm>
#include <utility>

namespace llf::worker {

void LineSplitter::feed(std::string_view bytes, const Sink& sink) {
  while (true) {
    const auto end = bytes.find('\n');
    take(bytes.substr(0, end));
    if (end == std::string_view::npos) return;
    emit(sink);
    bytes.remove_prefix(end + 1);
  }
}

void LineSplitter::finish(const Sink& sink) {
  if (!line_.empty() || cut_) emit(sink);
}

void LineSplitter::take(std::string_view part) {
  const auto room = limits::kWorkerLogLine.bytes() - line_.size();
  if (part.size() > room) cut_ = true;
  line_.append(part.substr(0, room));
}

void LineSplitter::emit(const Sink& sink) {
  if (cut_) {
    // Not in the middle of a UTF-8 character.
    while (!line_.empty() && (static_cast<unsigned char>(line_.back()) & 0xC0U) == 0x80U) {
      line_.pop_back();
    }
    if (!line_.empty() && (static_cast<unsigned char>(line_.back()) & 0x80U) != 0) line_.pop_back();
    line_ += "…";
  } else if (line_.ends_with('\r')) {
    line_.pop_back();
  }
  sink(line_);
  line_.clear();
  cut_ = false;
}

void LogRing::add(std::string line) {
  lines_.push_back(std::move(line));
  ++newest_;
  if (lines_.size() > limits::kWorkerLogLines) lines_.pop_front();
}

std::vector<std::string> LogRing::tail(std::size_t count) const {
  const auto kept = std::min(count, lines_.size());
  return {lines_.end() - static_cast<std::ptrdiff_t>(kept), lines_.end()};
}

std::vector<std::string> LogRing::since(std::uint64_t number) const {
  return number >= newest_ ? std::vector<std::string>{}
                           : tail(static_cast<std::size_t>(newest_ - number));
}

}  // namespace llf::worker
