#pragma once

#include "base/expected.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace llf::store {

/// A SHA-256. Paths are built of a digest only through this type (SEC-30).
class Digest {
 public:
  static constexpr std::size_t kBytes = 32;

  /// 64 hexadecimal digits, lower case; nothing for anything else.
  [[nodiscard]] static std::optional<Digest> parse(std::string_view hex);

  explicit Digest(const std::array<std::uint8_t, kBytes>& bytes) : bytes_(bytes) {}

  [[nodiscard]] std::string hex() const;

  friend bool operator==(const Digest&, const Digest&) = default;

 private:
  std::array<std::uint8_t, kBytes> bytes_{};
};

/// Computes a SHA-256 (FIPS 180-4) of bytes as they come. One thread at a time.
class Sha256 {
 public:
  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void add(std::span<const char> bytes);
  /// Of all bytes so far; then it begins anew.
  [[nodiscard]] Digest finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

[[nodiscard]] Digest sha256(std::string_view bytes);

/// Told how many bytes are done; false stops the work.
using HashProgress = std::function<bool(std::uint64_t)>;

/// Of a file. Errors: those of files; cancelled when `progress` stops it. Blocks. Any thread.
[[nodiscard]] Expected<Digest> sha256_of_file(const std::filesystem::path& path,
                                              const HashProgress& progress);

}  // namespace llf::store
