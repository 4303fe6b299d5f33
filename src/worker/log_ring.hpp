#pragma once

#include "base/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::worker {

/// Cuts a stream of bytes into lines. The ends "\n" and "\r\n" are removed; a line longer than
/// limits::kWorkerLogLine is cut there and ends in "…", its rest is dropped. Bounded memory.
class LineSplitter {
 public:
  using Sink = std::function<void(std::string_view line)>;

  /// Calls `sink` for every line that ends within `bytes`.
  void feed(std::string_view bytes, const Sink& sink);
  /// The stream has ended: what is left is a line too.
  void finish(const Sink& sink);

 private:
  void take(std::string_view part);
  void emit(const Sink& sink);

  std::string line_;
  bool cut_ = false;
};

/// The last lines that an engine printed, numbered from 1 without gaps, so that a follower can ask
/// for what came since. Keeps limits::kWorkerLogLines. Loop thread.
class LogRing {
 public:
  void add(std::string line);

  /// The number of the newest line; 0: none yet.
  [[nodiscard]] std::uint64_t newest() const { return newest_; }

  /// The last `count` lines, oldest first.
  [[nodiscard]] std::vector<std::string> tail(std::size_t count) const;

  /// The kept lines with a number above `number`, oldest first.
  [[nodiscard]] std::vector<std::string> since(std::uint64_t number) const;

 private:
  std::deque<std::string> lines_;
  std::uint64_t newest_ = 0;
};

}  // namespace llf::worker
