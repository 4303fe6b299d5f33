#pragma once

#include <string>
#include <string_view>

namespace llf::gateway {

/// `text` without what an error must not tell about this machine (SEC-16), since it quotes the last
/// lines of an engine: of an absolute path only the last name stays ("…/tiny.gguf"), of an address
/// in memory nothing ("0x…"). Pure.
[[nodiscard]] std::string discreet(std::string_view text);

}  // namespace llf::gateway
