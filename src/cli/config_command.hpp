#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kConfigShowOptions{
    OptionSpec{.name = "--origin", .short_name = "", .value = ""},
};

/// llf config show: every setting that a daemon started here and now would have, and with --origin
/// where it comes from.
[[nodiscard]] Expected<int> run_config_show(Context& context, const Arguments& arguments);

/// llf config get NAME: one of them.
[[nodiscard]] Expected<int> run_config_get(Context& context, const Arguments& arguments);

/// llf config set NAME VALUE: in the settings file.
[[nodiscard]] Expected<int> run_config_set(Context& context, const Arguments& arguments);

/// llf config unset NAME: out of the settings file.
[[nodiscard]] Expected<int> run_config_unset(Context& context, const Arguments& arguments);

/// llf config path: where the settings file is, or would be.
[[nodiscard]] Expected<int> run_config_path(Context& context, const Arguments& arguments);

/// llf config check: whether the settings file and the environment are right.
[[nodiscard]] Expected<int> run_config_check(Context& context, const Arguments& arguments);

}  // namespace llf::cli
