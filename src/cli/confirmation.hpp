#pragma once

#include "base/expected.hpp"
#include "cli/context.hpp"

#include <string_view>

namespace llf::cli {

/// Asks a question that "y" or "yes" agrees to. Errors: `invalid` when nobody is at the terminal to
/// be asked: they are told of --yes and --dry-run.
[[nodiscard]] Expected<bool> confirm(Context& context, std::string_view question);

}  // namespace llf::cli
