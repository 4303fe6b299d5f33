#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace llf {

/// A number of bytes. A type of its own, so that no count and no megabyte gets in its place.
class ByteSize {
 public:
  constexpr ByteSize() = default;
  constexpr explicit ByteSize(std::uint64_t bytes) : bytes_(bytes) {}

  [[nodiscard]] static constexpr ByteSize kib(std::uint64_t n) { return ByteSize(n << 10U); }
  [[nodiscard]] static constexpr ByteSize mib(std::uint64_t n) { return ByteSize(n << 20U); }
  [[nodiscard]] static constexpr ByteSize gib(std::uint64_t n) { return ByteSize(n << 30U); }

  [[nodiscard]] constexpr std::uint64_t bytes() const { return bytes_; }

  friend constexpr auto operator<=>(ByteSize, ByteSize) = default;
  friend constexpr ByteSize operator+(ByteSize a, ByteSize b) {
    return ByteSize(a.bytes_ + b.bytes_);
  }

 private:
  std::uint64_t bytes_ = 0;
};

/// As people read sizes, in powers of 1000 like file managers and model hubs: "512 B", "1.9 MB".
[[nodiscard]] std::string to_string(ByteSize size);

}  // namespace llf
