#include "gateway/keep_alive.hpp"

#include "base/limits.hpp"
#include "base/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace llf::gateway {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t seconds;
};

constexpr std::array<Unit, 4> kUnits{{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86'400}}};

}  // namespace

Expected<std::chrono::seconds> parse_keep_alive(std::string_view text) {
  auto digits = text;
  std::int64_t scale = 1;
  for (const auto& unit : kUnits) {
    if (!text.ends_with(unit.name)) continue;
    digits.remove_suffix(unit.name.size());
    scale = unit.seconds;
  }
  const auto count = parse_number<std::int64_t>(digits);
  if (count && *count < 0) return std::chrono::seconds(-1);
  if (count && *count <= limits::kMaxSeconds / scale) return std::chrono::seconds(*count * scale);
  return failure(ErrorKind::invalid,
                 fmt::format("'keep_alive' must be seconds, or a time like \"30s\", \"5m\" or "
                             "\"1h\", of at most {} days; 0: not at all, -1: for ever",
                             limits::kMaxSeconds / kUnits.back().seconds));
}

}  // namespace llf::gateway
