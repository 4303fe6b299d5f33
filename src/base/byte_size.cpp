#include "base/byte_size.hpp"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string_view>

namespace llf {

std::string to_string(ByteSize size) {
  constexpr std::array<std::string_view, 5> kUnits{"kB", "MB", "GB", "TB", "PB"};
  constexpr double kStep = 1000.0;
  if (size.bytes() < 1000) return fmt::format("{} B", size.bytes());
  auto value = static_cast<double>(size.bytes()) / kStep;
  std::size_t unit = 0;
  // 999.95 would be printed as "1000.0".
  while (value >= 999.95 && unit + 1 < kUnits.size()) {
    value /= kStep;
    ++unit;
  }
  return fmt::format("{:.1f} {}", value, kUnits.at(unit));
}

}  // namespace llf
