#pragma once

#include "base/assert.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

/// What every fuzz target shares: NAME_fuzz.cpp defines `check`, and libfuzzer.cpp or replay.cpp
/// calls it.
namespace llf::fuzz {

/// Reads `input` as the target's code would and ends the program by LLF_ASSERT if a promise of that
/// code is broken. The same input has the same result.
void check(std::string_view input);

/// An input is read whole and in pieces of each of these sizes: 1 cuts everywhere, and the others
/// cut anywhere once the input is as long as they need.
inline constexpr std::array<std::size_t, 3> kPieces{1, 2, 7};

template <class Use>
void for_each_piece(std::string_view input, std::size_t size, Use use) {
  while (!input.empty()) {
    use(input.substr(0, size));
    input.remove_prefix(std::min(size, input.size()));
  }
}

}  // namespace llf::fuzz
