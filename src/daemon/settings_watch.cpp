#include "daemon/settings_watch.hpp"

#include "base/limits.hpp"
#include "log/log.hpp"
#include "net/descriptor.hpp"
#include "net/timer.hpp"
#include "os/file_watch.hpp"
#include "os/paths.hpp"

#include <system_error>
#include <utility>

namespace llf::daemon {

Task<void> watch_settings(net::Loop& loop, std::filesystem::path file,
                          std::function<void()> changed) {
  bool told = false;
  for (;;) {
    // Without a folder there is no watch, which is told.
    static_cast<void>(os::ensure_dir(file.parent_path()));
    auto watch = os::FileWatch::create(file);
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
    do {
      if (!co_await descriptor->wait_readable()) co_return;
    } while (!watch->take());
    // An editor may have moved it away to write a new one.
    std::error_code code;
    const bool there = std::filesystem::exists(file, code);
    if (!there && !co_await net::sleep_for(limits::kSettingsSettle)) co_return;
  }
}

}  // namespace llf::daemon
