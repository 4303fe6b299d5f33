#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kEndpointAddOptions{
    OptionSpec{.name = "--key-env", .short_name = "", .value = "NAME"},
    OptionSpec{.name = "--key-file", .short_name = "", .value = "PATH"},
    OptionSpec{.name = "--models", .short_name = "", .value = "NAMES"},
    OptionSpec{.name = "--dialect", .short_name = "", .value = "NAME"},
};

/// llf endpoint list: the servers elsewhere, how they are and which models they have.
[[nodiscard]] Expected<int> run_endpoint_list(Context& context, const Arguments& arguments);

/// llf endpoint add NAME URL: writes one into the settings.
[[nodiscard]] Expected<int> run_endpoint_add(Context& context, const Arguments& arguments);

/// llf endpoint remove NAME: takes it out of the settings.
[[nodiscard]] Expected<int> run_endpoint_remove(Context& context, const Arguments& arguments);

}  // namespace llf::cli
