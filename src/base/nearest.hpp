#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace llf {

/// The number of single-character insertions, deletions, replacements and swaps of neighbours that
/// turn `a` into `b` (optimal string alignment), ignoring ASCII case.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The `known` names that a person who typed `typed` may have meant, best first, at most three:
/// those that begin with it and those within a third of its length in edits.
[[nodiscard]] std::vector<std::string> nearest(std::string_view typed,
                                               std::span<const std::string> known);

/// " Did you mean 'a' or 'b'?" for the end of an error message; empty when nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view typed, std::span<const std::string> known);

}  // namespace llf
