#pragma once

#include <cstdint>
#include <limits>

namespace llf::gguf {

/// More bytes than any machine has, and what the arithmetic of numbers of an untrusted header ends
/// at: wrapped, they would look small.
inline constexpr std::uint64_t kBeyondAnything = std::numeric_limits<std::int64_t>::max();

/// The sum, at most kBeyondAnything.
[[nodiscard]] constexpr std::uint64_t sum_of(std::uint64_t a, std::uint64_t b) {
  if (a > kBeyondAnything || b > kBeyondAnything - a) return kBeyondAnything;
  return a + b;
}

/// The product, at most kBeyondAnything.
[[nodiscard]] constexpr std::uint64_t product_of(std::uint64_t a, std::uint64_t b) {
  return b != 0 && a > kBeyondAnything / b ? kBeyondAnything : a * b;
}

/// What is left; nothing of what is less.
[[nodiscard]] constexpr std::uint64_t rest_of(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : 0;
}

}  // namespace llf::gguf
