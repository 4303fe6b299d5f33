#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kModelInfoOptions{
    OptionSpec{.name = "--template", .short_name = "", .value = ""},
};

/// llf model info [NAME|FILE]: what a model is, as its files say.
[[nodiscard]] Expected<int> run_model_info(Context& context, const Arguments& arguments);

/// llf model where [NAME]: the files of a model; without a name, where models are looked for.
[[nodiscard]] Expected<int> run_model_where(Context& context, const Arguments& arguments);

}  // namespace llf::cli
