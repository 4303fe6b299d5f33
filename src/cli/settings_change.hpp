#pragma once

#include "base/expected.hpp"
#include "cli/context.hpp"
#include "config/place.hpp"

namespace llf::cli {

/// Has a daemon that runs take the settings file over at once, and says on stderr what that did.
/// Returns the exit code of a command that changed the file.
[[nodiscard]] Expected<int> take_effect(Context& context);

/// Says so when a variable of the environment wins over the file there.
void warn_of_variable(Context& context, const config::Place& place);

}  // namespace llf::cli
