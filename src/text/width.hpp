#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace llf::text {

/// The columns that a terminal gives `text`: 0, 1 or 2 for a character (Unicode's East Asian Width;
/// combining and format characters take none). `text` is safe text on one line. Any thread.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// `text` cut to at most `columns`, ending in "…" if something is missing. Any thread.
[[nodiscard]] std::string fit(std::string_view text, std::size_t columns);

}  // namespace llf::text
