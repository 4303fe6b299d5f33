#pragma once

#include "base/byte_size.hpp"
#include "base/limits.hpp"
#include "os/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace llf::worker {

/// Appends lines to a file, which is moved to NAME.1 when it is full; NAME.1 … NAME.N are kept. A
/// full disk loses lines, which log::dropped_lines counts, never the service (F62); the file is
/// opened anew at the next line. Lines are gathered until `flush`. Writes go to the page cache: fit
/// for the loop thread.
class LogFile {
 public:
  explicit LogFile(std::filesystem::path path, ByteSize full = limits::kLogFile)
      : path_(std::move(path)), full_(full) {}
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;
  ~LogFile() { flush(); }

  /// Takes the line and its end; writes what has gathered when that is much.
  void add(std::string_view line);
  /// Writes what has gathered.
  void flush();

 private:
  [[nodiscard]] bool open();
  void rotate();
  [[nodiscard]] std::filesystem::path older(std::size_t number) const;

  std::filesystem::path path_;
  ByteSize full_;
  os::UniqueFd fd_;
  std::uint64_t size_ = 0;
  std::string gathered_;
};

/// A model's name as a file's: letters, digits and "._-" stay, anything else becomes "_", and a
/// name that was changed or is long gets a hash, so that no two models share a file. Pure.
[[nodiscard]] std::string log_file_name(std::string_view model);

}  // namespace llf::worker
