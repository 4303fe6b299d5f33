#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kModelAliasOptions{
    OptionSpec{.name = "--remove", .short_name = "", .value = ""},
};

/// llf model default [NAME|none]: the model of requests that name none, in the settings.
[[nodiscard]] Expected<int> run_model_default(Context& context, const Arguments& arguments);

/// llf model alias NAME MODEL: another name for a model: a profile of the settings with nothing
/// else in it.
[[nodiscard]] Expected<int> run_model_alias(Context& context, const Arguments& arguments);

}  // namespace llf::cli
