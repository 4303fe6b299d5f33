#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/chat_settings.hpp"
#include "cli/context.hpp"

#include <array>
#include <cstddef>
#include <limits>

namespace llf::cli {

inline constexpr std::array kRunOptions{
    OptionSpec{.name = "--model", .short_name = "-m", .value = "NAME"},
    OptionSpec{.name = "--system", .short_name = "-s", .value = "TEXT"},
    OptionSpec{.name = "--prompt", .short_name = "-p", .value = "NAME"},
    OptionSpec{.name = "--temperature", .short_name = "-t", .value = "NUMBER"},
    OptionSpec{.name = "--max-tokens", .short_name = "-n", .value = "NUMBER"},
    OptionSpec{.name = "--raw", .short_name = "", .value = ""},
    OptionSpec{.name = "--stdin", .short_name = "", .value = ""},
};

inline constexpr auto kAnyWords = std::numeric_limits<std::size_t>::max();

/// llf run [MODEL] [PROMPT]: one question, its answer on standard output. With a model alone, in a
/// terminal, it is a chat.
[[nodiscard]] Expected<int> run_run(Context& context, const Arguments& arguments);

/// Takes the standard input as one question, as `llf run` without words does.
[[nodiscard]] Expected<int> run_piped(Context& context, ChatSettings settings);

}  // namespace llf::cli
