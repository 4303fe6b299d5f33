#pragma once

#include <algorithm>
#include <span>
#include <string_view>

namespace llf::gateway {

/// Whether a word is one of these.
[[nodiscard]] constexpr bool is_one_of(std::span<const std::string_view> words,
                                       std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace llf::gateway
