#include "text/style.hpp"

namespace llf::text {
namespace {

std::string_view code_of(Style style) {
  switch (style) {
    case Style::bold:
      return "\x1b[1m";
    case Style::dim:
      return "\x1b[2m";
    case Style::user:
    case Style::good:
      return "\x1b[32m";
    case Style::model:
      return "\x1b[33m";
    case Style::bad:
      return "\x1b[31m";
  }
  return "";
}

}  // namespace

std::string paint(Style style, std::string_view text, Color color) {
  if (color == Color::off || text.empty()) return std::string(text);
  return std::string(code_of(style)).append(text).append("\x1b[0m");
}

std::string rule(std::size_t columns, Color color) {
  std::string line;
  for (std::size_t i = 0; i < columns; ++i) line += "─";
  return paint(Style::dim, line, color);
}

}  // namespace llf::text
