#pragma once

#include "base/task.hpp"
#include "net/loop.hpp"

#include <filesystem>
#include <functional>

namespace llf::daemon {

/// Calls `changed` now and whenever the settings file may have another content, until it is
/// cancelled; makes the file's folder. Where the system has no watch to give, every
/// limits::kSettingsPoll. Loop thread.
[[nodiscard]] Task<void> watch_settings(net::Loop& loop, std::filesystem::path file,
                                        std::function<void()> changed);

}  // namespace llf::daemon
