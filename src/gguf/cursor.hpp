#pragma once

#include "base/expected.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llf::gguf {

/// Walks over a part of a file. What goes beyond the file is an error, what goes beyond the part
/// that is there stops the walk; after either every read gives nothing, and the first reason stays.
/// Little endian, as the format is.
class Cursor {
 public:
  /// `part` begins at the byte `at` and lies within the file.
  Cursor(std::string_view part, std::uint64_t at, std::uint64_t file_size)
      : bytes_(part), file_size_(file_size), at_(at) {}

  /// False once something was wrong or missing.
  [[nodiscard]] bool ok() const { return !error_ && needed_ == 0; }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  /// How much of the file is needed to go on; 0 when there was enough.
  [[nodiscard]] std::uint64_t needed() const { return needed_; }

  [[nodiscard]] std::uint64_t at() const { return at_; }
  /// What follows of the part.
  [[nodiscard]] std::string_view left() const { return bytes_; }
  /// Bytes of the file, there or not, that follow.
  [[nodiscard]] std::uint64_t rest() const { return file_size_ - at_; }

  void fail(std::string_view what) { fail_at(at_, ErrorKind::invalid, what); }

  /// Says where in the file it is wrong.
  void fail_at(std::uint64_t place, ErrorKind kind, std::string_view what) {
    if (ok()) error_ = Error{.kind = kind, .message = fmt::format("at byte {}: {}", place, what)};
  }

  /// The next `count` bytes.
  std::string_view take(std::uint64_t count) {
    if (!ok()) return {};
    if (count > rest()) {
      fail("the file ends in the middle of its header");
      return {};
    }
    if (count > bytes_.size()) {
      needed_ = at_ + count;
      return {};
    }
    const auto taken = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    at_ += count;
    return taken;
  }

  template <class T>
    requires std::integral<T> || std::floating_point<T>
  T number() {
    std::array<char, sizeof(T)> bytes{};
    std::ranges::copy(take(sizeof(T)), bytes.begin());
    return std::bit_cast<T>(bytes);
  }

  /// A length and so many bytes.
  std::string_view text(std::uint64_t limit, std::string_view what) {
    const auto place = at_;
    const auto length = number<std::uint64_t>();
    if (length > rest()) {
      fail_at(place, ErrorKind::invalid, fmt::format("{} is longer than the file", what));
    } else if (length > limit) {
      fail_at(place, ErrorKind::too_large,
              fmt::format("{} has {} bytes, more than {}", what, length, limit));
    }
    return take(length);
  }

 private:
  std::string_view bytes_;
  std::uint64_t file_size_;
  std::uint64_t at_;
  std::uint64_t needed_ = 0;
  std::optional<Error> error_;
};

}  // namespace llf::gguf
