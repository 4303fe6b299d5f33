#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/chat_settings.hpp"
#include "cli/context.hpp"

#include <array>

namespace llf::cli {

inline constexpr std::array kChatOptions{
    OptionSpec{.name = "--model", .short_name = "-m", .value = "NAME"},
    OptionSpec{.name = "--system", .short_name = "-s", .value = "TEXT"},
    OptionSpec{.name = "--prompt", .short_name = "-p", .value = "NAME"},
    OptionSpec{.name = "--temperature", .short_name = "-t", .value = "NUMBER"},
    OptionSpec{.name = "--max-tokens", .short_name = "-n", .value = "NUMBER"},
};

/// llf, llf chat [MODEL]: a conversation in the terminal. What is piped in is one prompt instead.
[[nodiscard]] Expected<int> run_chat(Context& context, const Arguments& arguments);

/// The conversation itself, at a terminal. Returns 0 when the user leaves, 130 when by Ctrl-C.
/// Errors: invalid for --json, which it has not; those of ChatSession::create.
[[nodiscard]] Expected<int> chat(Context& context, ChatSettings settings);

}  // namespace llf::cli
