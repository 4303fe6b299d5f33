#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace llf::gateway {

/// The names and values of a query string, `a=1&b=x%20y`, percent-decoded, `+` as a space, in
/// order (application/x-www-form-urlencoded, WHATWG URL). A broken escape stays as it is. Pure.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> parse_query(std::string_view text);

}  // namespace llf::gateway
