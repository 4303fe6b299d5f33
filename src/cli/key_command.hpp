#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

namespace llf::cli {

/// llf key create NAME: a new API key, which is printed this once.
[[nodiscard]] Expected<int> run_key_create(Context& context, const Arguments& arguments);

/// llf key list: the names of the keys.
[[nodiscard]] Expected<int> run_key_list(Context& context, const Arguments& arguments);

/// llf key revoke NAME: from now on it is no key any more.
[[nodiscard]] Expected<int> run_key_revoke(Context& context, const Arguments& arguments);

}  // namespace llf::cli
