#pragma once

#include "base/expected.hpp"

#include <cstdint>
#include <filesystem>
#include <span>

namespace llf::store {

/// Keeps what is written to a large file on its way to the disk, so that the last sync finds little
/// left to do. One thread.
class DiskWrite {
 public:
  /// Of `fd`, which is the file `path` in errors, and stays open.
  DiskWrite(int fd, std::filesystem::path path) : fd_(fd), path_(std::move(path)) {}

  /// Writes where the file's position is. Errors: those of files.
  [[nodiscard]] Expected<void> write(std::span<const char> bytes);
  /// All of it is on the disk when this returns.
  [[nodiscard]] Expected<void> finish();

  [[nodiscard]] std::uint64_t written() const { return written_; }

 private:
  int fd_;
  std::filesystem::path path_;
  std::uint64_t written_ = 0;
  std::uint64_t unsynced_ = 0;
};

/// Whether so many more bytes have room in a folder, with limits::kDiskReserve left. Errors: `io`
/// when they have not; those of files.
[[nodiscard]] Expected<void> check_room(const std::filesystem::path& folder, std::uint64_t bytes);

}  // namespace llf::store
