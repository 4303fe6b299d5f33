#pragma once

#include "base/expected.hpp"
#include "os/unique_fd.hpp"

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <semaphore>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

namespace llf::os {

/// Reads a file from its beginning to its end in blocks of limits::kHashRead, the next one on a
/// thread of its own while the caller works on the one before: the copy out of the page cache alone
/// takes a tenth and more of the time that a SHA-256 takes. Where the machine gives no thread, the
/// caller reads. Of one thread.
class BlockReader {
 public:
  /// Errors: those of files.
  [[nodiscard]] static Expected<std::unique_ptr<BlockReader>> open(
      const std::filesystem::path& path);
  /// Of an open file; `path` is for errors.
  BlockReader(std::filesystem::path path, UniqueFd fd);
  ~BlockReader();
  BlockReader(const BlockReader&) = delete;
  BlockReader& operator=(const BlockReader&) = delete;

  /// The next block, good until the next call. Only the last one is shorter; behind it, and behind
  /// an error, come empty ones. Errors: those of files. Blocks.
  [[nodiscard]] Expected<std::span<const char>> next();

 private:
  struct Block {
    std::vector<char> room;
    Expected<std::size_t> size = std::size_t{0};
  };

  void read_ahead(const std::stop_token& stop);
  void fill(Block& block) const;
  [[nodiscard]] static bool is_last(const Block& block);
  [[nodiscard]] Block& take();

  static constexpr std::ptrdiff_t kBlocks = 2;

  std::filesystem::path path_;
  UniqueFd fd_;
  std::array<Block, kBlocks> blocks_;
  std::counting_semaphore<kBlocks + 1> empty_{kBlocks};  ///< and one that ends a wait
  std::counting_semaphore<kBlocks> full_{0};
  std::size_t taken_ = 0;  ///< how many blocks the caller has had
  bool over_ = false;      ///< the last of them was the file's last
  bool alone_ = false;     ///< without the thread
  std::jthread thread_;
};

}  // namespace llf::os
