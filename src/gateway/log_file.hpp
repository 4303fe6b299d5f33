#pragma once

#include <cstdint>
#include <fstream>
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
  struct Facts {
    std::uint64_t inode = 0;
    std::uint64_t size = 0;
  };
  /// Of what has the path now; zeros when nothing has.
  [[nodiscard]] Facts look() const;
  void open();

  struct Part {
    std::vector<std::string> lines;
    bool at_end = false;  ///< nothing more is in the file
  };
  /// Whole lines from offset_ on; moves it behind them.
  [[nodiscard]] Part read_on();

  std::string path_;
  std::ifstream file_;
  std::uint64_t inode_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace llf::gateway
