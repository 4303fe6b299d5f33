#pragma once

#include "base/expected.hpp"
#include "cli/arguments.hpp"
#include "cli/context.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace llf::cli {

inline constexpr std::array kLogsOptions{
    OptionSpec{.name = "--follow", .short_name = "-f", .value = ""},
    OptionSpec{.name = "--lines", .short_name = "-n", .value = "NUMBER"},
};

/// llf server logs [MODEL]: log lines of the daemon, or of a model's engine. The daemon's are read
/// from its file when it does not run.
[[nodiscard]] Expected<int> run_server_logs(Context& context, const Arguments& arguments);

/// The last `count` lines of `text`. Pure.
[[nodiscard]] std::vector<std::string> last_lines(std::string_view text, std::int64_t count);

}  // namespace llf::cli
