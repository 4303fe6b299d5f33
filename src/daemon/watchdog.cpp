#include "daemon/watchdog.hpp"

#include "net/timer.hpp"
#include "os/service_manager.hpp"

namespace llf::daemon {

Task<void> keep_watchdog_quiet() {
  const auto interval = os::watchdog_interval();
  while (interval) {
    os::notify_service_manager("WATCHDOG=1");
    if (!co_await net::sleep_for(*interval)) co_return;
  }
}

}  // namespace llf::daemon
