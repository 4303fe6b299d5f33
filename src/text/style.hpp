#pragma once

#include "text/terminal.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace llf::text {

/// The looks that llf gives to words of its own.
enum class Style : std::uint8_t { bold, dim, user, model, good, bad };

/// `text` in that style (ECMA-48 SGR), or as it is when colours are off. Any thread.
[[nodiscard]] std::string paint(Style style, std::string_view text, Color color);

/// A dim horizontal line of `columns`, without its end of line. Any thread.
[[nodiscard]] std::string rule(std::size_t columns, Color color);

}  // namespace llf::text
