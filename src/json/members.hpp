#pragma once

#include "json/locate.hpp"

#include <functional>
#include <string_view>

namespace llf::json {

/// Tells each member of the object that `text` is, in their order, with its name, unescaped. `text`
/// must be one that parse accepts, without comments. One pass. Any thread.
void each_member(std::string_view text,
                 const std::function<void(std::string_view name, const Member& member)>& tell);

}  // namespace llf::json
