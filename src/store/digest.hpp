#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
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

/// What a SHA-256 has come to after whole blocks: with it, it is gone on with.
using Sha256State = std::array<std::uint32_t, 8>;

/// Computes a SHA-256 (FIPS 180-4) of bytes as they come. One thread at a time.
class Sha256 {
 public:
  static constexpr std::size_t kBlock = 64;

  Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void add(std::span<const char> bytes);
  /// Of all bytes so far; then it begins anew.
  [[nodiscard]] Digest finish();

  /// Of all bytes so far, a multiple of kBlock.
  [[nodiscard]] Sha256State state() const;
  /// Goes on after `bytes` of them, which had come to `state`.
  void resume(const Sha256State& state, std::uint64_t bytes);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

[[nodiscard]] Digest sha256(std::string_view bytes);

}  // namespace llf::store
