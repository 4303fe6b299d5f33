#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "config/config.hpp"
#include "json/json.hpp"

#include <array>
#include <string>

namespace llf::cli {

inline constexpr std::array kConfigShowOptions{
    OptionSpec{.name = "--origin", .short_name = "", .value = ""},
};

/// llf config show: every setting that a daemon started here and now would have, and with --origin
/// where it comes from.
[[nodiscard]] Expected<int> run_config_show(Context& context, const Arguments& arguments);

/// llf config get NAME: one of them.
[[nodiscard]] Expected<int> run_config_get(Context& context, const Arguments& arguments);

/// llf config path: where the settings file is, or would be.
[[nodiscard]] Expected<int> run_config_path(Context& context, const Arguments& arguments);

/// llf config check: whether the settings file and the environment are right.
[[nodiscard]] Expected<int> run_config_check(Context& context, const Arguments& arguments);

/// llf config schema: the JSON schema of the settings file.
[[nodiscard]] Expected<int> run_config_schema(Context& context, const Arguments& arguments);

/// The settings of a daemon that is started here and now. Errors: those of the file and of
/// config::Config::merge.
[[nodiscard]] Expected<config::Config> settings_here(const Context& context);

/// The value as a person writes it on a command line.
[[nodiscard]] std::string word_of_setting(const json::Value& value);

}  // namespace llf::cli
