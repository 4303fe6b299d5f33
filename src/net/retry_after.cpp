#include "net/retry_after.hpp"

#include "base/number.hpp"

#include <algorithm>
#include <cstdint>

namespace llf::net {

std::optional<std::chrono::seconds> parse_retry_after(std::string_view text) {
  const auto number = parse_number<std::int64_t>(text);
  if (!number || *number < 0) return std::nullopt;
  // Longer than anybody waits, and no overflow of what is reckoned with it.
  constexpr auto kMost = std::chrono::hours(24);
  return std::min<std::chrono::seconds>(std::chrono::seconds(*number), kMost);
}

}  // namespace llf::net
