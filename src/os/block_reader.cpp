#include "os/block_reader.hpp"

#include "base/limits.hpp"
#include "os/file_error.hpp"

#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace llf::os {

Expected<std::unique_ptr<BlockReader>> BlockReader::open(const std::filesystem::path& path) {
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return failure(file_error("opening", path, FileUse::read, errno));
  static_cast<void>(::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_SEQUENTIAL));
  return std::make_unique<BlockReader>(path, std::move(fd));
}

BlockReader::BlockReader(std::filesystem::path path, UniqueFd fd)
    : path_(std::move(path)), fd_(std::move(fd)) {
  for (auto& block : blocks_) block.room.resize(limits::kHashRead.bytes());
  try {
    thread_ = std::jthread([this](const std::stop_token& stop) { read_ahead(stop); });
  } catch (const std::system_error&) {
    alone_ = true;  // the machine has no more threads for us
  }
}

BlockReader::~BlockReader() {
  thread_.request_stop();
  empty_.release();  // it may wait for one
}

/// On the other thread.
void BlockReader::read_ahead(const std::stop_token& stop) {
  for (std::size_t i = 0;; ++i) {
    empty_.acquire();
    if (stop.stop_requested()) return;
    auto& block = blocks_.at(i % blocks_.size());
    fill(block);
    const bool last = is_last(block);
    full_.release();
    if (last) return;
  }
}

void BlockReader::fill(Block& block) const {
  std::size_t size = 0;
  while (size < block.room.size()) {
    const auto got = ::read(fd_.get(), block.room.data() + size, block.room.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      block.size = failure(file_error("reading", path_, FileUse::read, errno));
      return;
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  block.size = size;
}

bool BlockReader::is_last(const Block& block) {
  return !block.size || *block.size < block.room.size();
}

BlockReader::Block& BlockReader::take() {
  auto& block = blocks_.at(taken_ % blocks_.size());
  if (alone_) {
    fill(block);
  } else {
    if (taken_ > 0) empty_.release();  // the one before is done with
    full_.acquire();
  }
  ++taken_;
  return block;
}

Expected<std::span<const char>> BlockReader::next() {
  if (over_) return std::span<const char>();
  const auto& block = take();
  over_ = is_last(block);
  if (!block.size) return failure(block.size.error());
  return std::span<const char>(block.room).first(*block.size);
}

}  // namespace llf::os
