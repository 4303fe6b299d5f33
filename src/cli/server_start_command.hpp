#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace llf::cli {

/// What llfd takes and these commands pass on.
inline constexpr std::array kDaemonOptions{
    OptionSpec{.name = "--host", .short_name = "", .value = "ADDRESS"},
    OptionSpec{.name = "--port", .short_name = "-p", .value = "NUMBER"},
    OptionSpec{.name = "--tls-certificate", .short_name = "", .value = "PATH"},
    OptionSpec{.name = "--tls-key", .short_name = "", .value = "PATH"},
    OptionSpec{.name = "--engine", .short_name = "", .value = "PATH"},
    OptionSpec{.name = "--models", .short_name = "", .value = "DIR"},
    OptionSpec{.name = "--max-loaded", .short_name = "", .value = "NUMBER"},
    OptionSpec{.name = "--load-timeout", .short_name = "", .value = "SECONDS"},
    OptionSpec{.name = "--stall-timeout", .short_name = "", .value = "SECONDS"},
    OptionSpec{.name = "--log-level", .short_name = "", .value = "LEVEL"},
};

inline constexpr OptionSpec kForegroundOption{
    .name = "--foreground", .short_name = "", .value = ""};

/// Other machines may connect, with an API key.
inline constexpr OptionSpec kShareOption{.name = "--share", .short_name = "", .value = ""};

/// The options above: all but --foreground for llf serve.
inline constexpr auto kServerStartOptions = [] {
  std::array<OptionSpec, kDaemonOptions.size() + 2> all{};
  std::ranges::copy(kDaemonOptions, all.begin());
  all[kDaemonOptions.size()] = kShareOption;
  all.back() = kForegroundOption;
  return all;
}();
inline constexpr auto kServeOptions =
    std::span(kServerStartOptions).first<kDaemonOptions.size() + 1>();

/// llf server start: a daemon that stays, in the background.
[[nodiscard]] Expected<int> run_server_start(Context& context, const Arguments& arguments);

/// llf server restart: the same, after the one that runs has ended.
[[nodiscard]] Expected<int> run_server_restart(Context& context, const Arguments& arguments);

/// llf serve: becomes llfd, in the foreground.
[[nodiscard]] Expected<int> run_serve(Context& context, const Arguments& arguments);

}  // namespace llf::cli
