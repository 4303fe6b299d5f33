#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kModelFitOptions{
    OptionSpec{.name = "--ctx", .short_name = "-c", .value = "TOKENS"},
    OptionSpec{.name = "--slots", .short_name = "", .value = "N"},
};

inline constexpr std::array kModelRecommendOptions{
    OptionSpec{.name = "--use", .short_name = "", .value = "USE"},
    OptionSpec{.name = "--all", .short_name = "-a", .value = ""},
};

/// llf model fit NAME: whether a model fits into this machine, and how fast it would be, installed
/// or not.
[[nodiscard]] Expected<int> run_model_fit(Context& context, const Arguments& arguments);

/// llf model recommend: the models of the catalog that suit this machine.
[[nodiscard]] Expected<int> run_model_recommend(Context& context, const Arguments& arguments);

}  // namespace llf::cli
