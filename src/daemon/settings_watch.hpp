#pragma once

#include "base/task.hpp"
#include "net/loop.hpp"

#include <filesystem>
#include <functional>
#include <vector>

namespace llf::daemon {

/// Calls `changed` now and whenever one of `files` may have another content, until it is cancelled.
/// `files` is asked anew each time, since the settings name further ones: absolute paths, of which
/// the first is the settings file, whose folder is made (for the others see os::FileWatch). When
/// `changed` leads to other files, it is called again once those are watched. Where the system has
/// no watch to give, it is called every limits::kSettingsPoll. Loop thread.
[[nodiscard]] Task<void> watch_settings(net::Loop& loop,
                                        std::function<std::vector<std::filesystem::path>()> files,
                                        std::function<void()> changed);

}  // namespace llf::daemon
