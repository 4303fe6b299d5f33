#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace llf::store {

/// What a person should look at in a chat template before they trust it (SEC-22): reaching for
/// Python's internals, addresses, loops over huge ranges, conditions on certain words of a
/// conversation, long texts that it brings along. A sentence each; empty for a plain one. It is a
/// help, no proof: engines run templates in a sandbox of their own. Pure.
[[nodiscard]] std::vector<std::string> suspicious_parts(std::string_view chat_template);

}  // namespace llf::store
