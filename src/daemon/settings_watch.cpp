#include "daemon/settings_watch.hpp"

#include "base/limits.hpp"
#include "log/log.hpp"
#include "net/descriptor.hpp"
#include "net/timer.hpp"
#include "os/file_watch.hpp"
#include "os/paths.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace llf::daemon {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& file) {
  std::error_code ignored;
  return fs::exists(file, ignored);
}

}  // namespace

Task<void> watch_settings(net::Loop& loop, std::function<std::vector<fs::path>()> files,
                          std::function<void()> changed) {
  bool told = false;
  bool again = false;
  for (;;) {
    const auto watched = files();
    // Without a folder there is no watch, which is told.
    static_cast<void>(os::ensure_dir(watched.front().parent_path()));
    auto watch = os::FileWatch::create(watched);
    auto descriptor = watch ? net::Descriptor::create(loop, watch->fd()) : failure(watch.error());
    // Also for what happened before there was a watch.
    changed();
    if (!descriptor) {
      if (!std::exchange(told, true)) {
        log::warn("daemon", "changes of the settings are seen late: {}",
                  descriptor.error().message);
      }
      if (!co_await net::sleep_for(limits::kSettingsPoll)) co_return;
      continue;
    }
    told = false;
    if (files() != watched) {
      // The new ones were read without a watch. That happens once, but for a file that never rests.
      if (std::exchange(again, true) && !co_await net::sleep_for(limits::kSettingsSettle)) {
        co_return;
      }
      continue;
    }
    again = false;
    do {
      if (!co_await descriptor->wait_readable()) co_return;
    } while (!watch->take());
    // An editor may have moved one away to write a new one.
    const bool all_there = std::ranges::all_of(watched, is_there);
    if (!all_there && !co_await net::sleep_for(limits::kSettingsSettle)) co_return;
  }
}

}  // namespace llf::daemon
