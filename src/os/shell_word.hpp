#pragma once

#include <string>
#include <string_view>

namespace llf::os {

/// `word` as a POSIX shell reads it as one word: as it is, or in single quotes. For commands that
/// people are told to type. Pure.
[[nodiscard]] std::string shell_word(std::string_view word);

}  // namespace llf::os
