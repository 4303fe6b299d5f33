#pragma once

#include "base/clock.hpp"
#include "base/expected.hpp"
#include "base/task.hpp"
#include "net/loop.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace llf::worker {

/// Whether there is a file that may be run.
[[nodiscard]] bool is_program(const std::filesystem::path& path);

/// The first program of that name in the folders of a PATH; relative ones are passed over, since
/// they would mean another program in every folder.
[[nodiscard]] std::optional<std::filesystem::path> find_program(std::string_view path,
                                                                std::string_view name);

/// What a program prints until it ends well, which it has to within `limit`; it gets what engines
/// get of our environment. Errors: it cannot be started; upstream (it ended otherwise, with the
/// beginning of what it printed); timeout; too_large (limits::kProbeOutput); cancelled. Loop
/// thread.
[[nodiscard]] Task<Expected<std::string>> run_program(net::Loop& loop,
                                                      std::vector<std::string> argv,
                                                      Duration limit);

}  // namespace llf::worker
