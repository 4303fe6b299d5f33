#pragma once

#include "json/json.hpp"
#include "migration/draft.hpp"

#include <string_view>

namespace llf::migration {

/// Reads a server's `server_params`, which the predecessor gave to llama-server, into a profile
/// that is there already: its arguments, context and slots. `prefix` is what their keys stand
/// behind. Pure.
void read_arguments(Draft& draft, std::string_view profile, std::string_view prefix,
                    const json::Object& parameters);

}  // namespace llf::migration
