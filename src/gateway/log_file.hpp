#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace llf::gateway {

/// Reads a log file from its end and then what is appended, also across its rotation. At most
/// limits::kLogRead bytes at a time. A file that is not there has no lines. Not thread-safe.
class LogFile {
 public:
  explicit LogFile(std::string path) : path_(std::move(path)) {}

  /// The last `lines` whole lines; `news` goes on behind them.
  [[nodiscard]] std::vector<std::string> tail(std::size_t lines);

  /// The whole lines that were written since the last call of `tail` or `news`.
  [[nodiscard]] std::vector<std::string> news();

 private:
  /// The whole lines between `from` and the end of the file; moves offset_ behind them.
  std::vector<std::string> read_lines(std::uint64_t from);

  std::string path_;
  std::uint64_t inode_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace llf::gateway
