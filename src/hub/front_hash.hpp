#pragma once

#include "base/expected.hpp"
#include "store/hash_marks.hpp"

#include <cstdint>
#include <memory>

namespace llf::hub {

/// The SHA-256 of a file from its beginning, computed by a thread of its own while the rest is
/// written: it is known as soon as the last bytes are there. One thread uses it.
class FrontHash {
 public:
  /// `fd` is open for reading and outlives this.
  explicit FrontHash(int fd);
  FrontHash(const FrontHash&) = delete;
  FrontHash& operator=(const FrontHash&) = delete;
  /// Waits for what is being hashed, a second at most.
  ~FrontHash();

  /// So many bytes from the beginning are written. Does not block.
  void advance(std::uint64_t front);

  /// Whether it cannot go on: `finish` says why.
  [[nodiscard]] bool failed() const;

  /// How many of them are hashed.
  [[nodiscard]] std::uint64_t done();

  /// Of the first `size` bytes, which are written; called once. Errors: io; unavailable (no thread
  /// was to be had). Blocks until they are hashed.
  [[nodiscard]] Expected<store::HashedFile> finish(std::uint64_t size);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace llf::hub
